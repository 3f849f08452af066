"""The pages: what they show and to whom, their forms, and whole stories in a browser."""
