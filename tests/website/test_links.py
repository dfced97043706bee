"""Links of the repository's files lead to the same on the site, or are text where it has nothing."""

import pytest

from website.links import site_links


@pytest.mark.parametrize(
    ("text", "source", "page", "expected"),
    [
        ("[a](data.md#own)", "docs/filters.md", "filters.md", "[a](data.md#own)"),
        ("[a](../filters.md)", "docs/how_to/gpu.md", "how_to/gpu.md", "[a](../filters.md)"),
        ("[a](../../README.md)", "docs/how_to/gpu.md", "how_to/gpu.md", "[a](../index.md)"),
        (
            "[a](../mspe/training/README.md)",
            "docs/library.md",
            "library.md",
            "[a](reference/training.md)",
        ),
        ("![a](docs/gallery/heat.png)", "README.md", "index.md", "![a](gallery/heat.png)"),
        ("[a](../notebooks/b.ipynb)", "docs/concepts/range.md", "concepts/range.md", "[a](../notebooks/b.md)"),
        ("[`a`](../mspe/tasks), [b](https://example.org)", "docs/filters.md", "filters.md", "`a`, [b](https://example.org)"),
        ("[a](#b)", "docs/filters.md", "filters.md", "[a](#b)"),
        ("```\n[a](../b)\n```\n[c](../d)\n", "docs/filters.md", "filters.md", "```\n[a](../b)\n```\nc\n"),
    ],
)  # fmt: skip
def test_a_link_holds_on_the_site(text: str, source: str, page: str, expected: str) -> None:
    assert site_links(text, source, page) == (expected, set())


def test_files_that_are_linked_to_are_taken_along() -> None:
    text, copied = site_links("[its page](../../metrics/ablation.html)", "docs/how_to/page.md", "how_to/page.md")
    assert text == "[its page](../files/metrics/ablation.html)" and copied == {"metrics/ablation.html"}
