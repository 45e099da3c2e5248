"""From clean text to sections: which letter format it is and where each part stands."""
