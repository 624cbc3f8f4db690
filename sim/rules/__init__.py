"""The equations of the model, each once: plain float to float, importing `math` and each other only."""
