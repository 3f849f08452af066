"""A case on the page: what one reader may see of it, in sections of plain rows that any output can lay out."""
