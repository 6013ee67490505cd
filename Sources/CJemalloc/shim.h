// jemalloc in place of the C library's allocator: an order makes some hundred small, short-lived allocations on four
// threads, and with jemalloc it costs a tenth less CPU (docs/performance.md). Linking it is all that is needed.
#ifndef COUNTERSIGN_JEMALLOC_SHIM_H
#define COUNTERSIGN_JEMALLOC_SHIM_H

/// Reads or sets one of jemalloc's own values (jemalloc(3)); naming it here keeps the library linked.
int mallctl(const char *name, void *old_value, unsigned long *old_length, void *new_value, unsigned long new_length);

#endif
