"""The small trained model of molecules that the pipeline's tests have."""

from tests.pipeline.conftest import regression

__all__ = ["regression"]
