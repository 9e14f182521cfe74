"""Pictures that carry what people wrote: covers of envelopes, results, codes to be photographed."""
