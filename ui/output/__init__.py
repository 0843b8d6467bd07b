"""What pages show: strips and galleries of pictures, charts, the models' cards, downloads, what ran."""
