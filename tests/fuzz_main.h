/*
 * With LEAT_FUZZ_MAIN a fuzzer is a program that reads the files it is
 * given: a corpus, again. Included at the end of each.
 */
#ifdef LEAT_FUZZ_MAIN
int main(int argc, char **argv)
{
	static uint8_t bytes[1 << 20];

	for (int i = 1; i < argc; i++) {
		FILE *f = fopen(argv[i], "rb");
		size_t n;

		if (!f) {
			fprintf(stderr, "%s: cannot open %s\n", argv[0],
			    argv[i]);
			return 1;
		}
		n = fread(bytes, 1, sizeof bytes, f);
		fclose(f);
		LLVMFuzzerTestOneInput(bytes, n);
	}
	printf("%d files read\n", argc - 1);
	return 0;
}
#endif
