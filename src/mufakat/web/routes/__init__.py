"""The pages by theme: the door, orders and asking, cases, steps in them, files, live news."""
