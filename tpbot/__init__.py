"""tpbot: answers from a small, cited corpus, says when it does not know, puts warning signs first."""

__version__ = "0.1.0"
