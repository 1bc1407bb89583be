"""LearnX: explanations of a learner's own documents, written for that learner and traceable to a page."""
