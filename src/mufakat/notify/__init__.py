"""Messages to people: a letter as text and HTML, sent by SMTP or elsewhere, and what came back of it."""
