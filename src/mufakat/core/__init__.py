"""The law and the case: pure, standard library only. Time, chance and identifiers come in as arguments."""
