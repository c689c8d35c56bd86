# For fingers that type make; dev.py does the work and knows the arguments.
.PHONY: demo serve test check lock
demo serve test check lock:
	python3 dev.py $@ $(ARGS)
