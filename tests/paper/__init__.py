"""Tests of paper: statements as pages and as documents."""
