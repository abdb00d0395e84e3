"""Speed and quality of the program beside its peers, measured in paired runs on one machine."""
