"""How long runs will take, from models' features and like runs. Pure: services give the figures, and store the fit."""
