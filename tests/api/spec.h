/*
 * Operations on options as text, which belong to no object.
 */
#ifndef LEAT_TESTS_API_SPEC_H
#define LEAT_TESTS_API_SPEC_H

void api_parse_options(void *object);
void api_parse_stats(void *object);

#endif
