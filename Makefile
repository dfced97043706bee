# `make repro` and `make test` are all a newcomer needs: each sets up `.venv` from the pinned versions first.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: help setup repro ablation test quick faults lint types docs bench clean
help:            ## print these lines
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 16

.venv/pipeline: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "mspe needs Python 3.11 or newer; name one: make PYTHON=python3.12 …")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[pipeline]'
	touch $@

.venv/test: .venv/pipeline
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[pipeline,test]'
	touch $@

setup: .venv/test ## create .venv with everything that repro, test, lint and types need

repro: .venv/pipeline ## run the pipeline where anything changed, and print the summary
	PATH="$(CURDIR)/$(BIN):$$PATH" dvc repro
	@$(BIN)/mspe report

ablation: .venv/pipeline ## compare the encodings that ablation/params.yaml declares: a screen, verdicts, a page
	PATH="$(CURDIR)/$(BIN):$$PATH" mspe ablation

# One worker a core, each on one thread: more would wait for each other. A file's tests stay together and in order.
test: .venv/test ## run the tests
	PATH="$(CURDIR)/$(BIN):$$PATH" OMP_NUM_THREADS=1 python -m pytest -n auto --dist loadfile --no-loadscope-reorder

# Without the checks of types and shapes, which take a third of the time; `make test` has them.
quick: .venv/test ## run the tests that need neither the pipeline nor a browser
	PATH="$(CURDIR)/$(BIN):$$PATH" OMP_NUM_THREADS=1 python -m pytest -q -n auto --dist loadfile -m 'not slow' \
	    --hypothesis-profile=quick --jaxtyping-packages=

faults: .venv/test ## run every fault and example of which `make test` runs some: an hour
	PATH="$(CURDIR)/$(BIN):$$PATH" OMP_NUM_THREADS=1 MSPE_FAULTS=full python -m pytest -n auto --dist load tests/faults
	PATH="$(CURDIR)/$(BIN):$$PATH" OMP_NUM_THREADS=1 MSPE_FAULTS=full python -m pytest -n auto --dist load -m hypothesis

lint: .venv/test ## check style and format
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: .venv/test ## check types
	$(BIN)/mypy

docs: .venv/test ## build the documentation into site/, strictly; open site/index.html
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet

bench: .venv/test ## time encodings and training beside PyG's, a large dataset, and checksums; MSPE_DATA names the raw data
	$(BIN)/python -m benchmarks.encodings
	$(BIN)/python -m benchmarks.training
	$(BIN)/python -m benchmarks.datasets
	$(BIN)/python -m benchmarks.streaming
	$(BIN)/python -m benchmarks.integrity

clean:           ## delete the environment, outputs and caches that Git does not keep
	rm -rf .venv .mspe runs data models site metrics/predictions .dvc/cache .dvc/tmp
