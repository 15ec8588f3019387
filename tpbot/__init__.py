"""tpbot: answers questions from a small, cited corpus, says when it does not know, and puts warning signs first."""
