"""Paper: a statement of reasons as a page (HTML) and as a document (PDF). Both lay out the one model and add nothing.

Nothing that a person wrote is ever markup: the page escapes it, and the document gets it as data, never as source.
"""
