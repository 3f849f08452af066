"""TikTok Shop's words: its states, arbitration states and error codes as a projection of ours."""
