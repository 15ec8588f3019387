"""tpbot: answers from a small, cited corpus, says when it does not know, puts warning signs first."""
