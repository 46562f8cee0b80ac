/* driver.c
 * Stands in for libFuzzer where there is no clang: replays the corpus and mutates it, the same on
 * every run
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <dirent.h>
#include <sys/stat.h>
#include <time.h>

#include "fuzz.h"

enum { MAX_INPUTS = 8192, MAX_PATH = 4096, MOST_CHANGES = 8 };

typedef struct {
    uint8_t *data;
    size_t size;
} unit;

static struct {
    unit units[MAX_INPUTS];
    size_t count;
    uint64_t random;
    unsigned long runs;
    unsigned long seconds;
    size_t max_size;
} driver = {.runs = 1000, .max_size = 4096};

static uint64_t next_random(void)
{
    uint64_t z = driver.random += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static size_t below(size_t limit)
{
    return limit > 0 ? (size_t)(next_random() % limit) : 0;
}

static void add_file(const char *path, size_t size)
{
    unit *added = &driver.units[driver.count];
    FILE *file = fopen(path, "rb");

    if (!file || driver.count == MAX_INPUTS) {
        fprintf(stderr, "%s: cannot be read\n", path);
        exit(1);
    }
    added->data = (uint8_t *)malloc(size > 0 ? size : 1);
    FUZZ_CHECK(added->data != NULL);
    added->size = fread(added->data, 1, size, file);
    fclose(file);
    driver.count++;
}

static int compare_units(const void *first, const void *second)
{
    const unit *a = (const unit *)first, *b = (const unit *)second;
    size_t size = a->size < b->size ? a->size : b->size;
    int order = size > 0 ? memcmp(a->data, b->data, size) : 0;

    return order != 0 ? order : (a->size > b->size) - (a->size < b->size);
}

static void add_path(const char *path)
{
    struct stat status;
    struct dirent *entry;
    DIR *folder;

    if (stat(path, &status) != 0) {
        fprintf(stderr, "%s: there is no such file\n", path);
        exit(1);
    }
    if (S_ISREG(status.st_mode)) {
        add_file(path, (size_t)status.st_size);
        return;
    }
    folder = opendir(path);
    FUZZ_CHECK(folder != NULL);
    while ((entry = readdir(folder)) != NULL) {
        char name[MAX_PATH];

        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        if (stat(name, &status) == 0 && S_ISREG(status.st_mode))
            add_file(name, (size_t)status.st_size);
    }
    closedir(folder);
}

/* Of libFuzzer's options those that are understood; the others only steer libFuzzer. */
static void read_option(const char *option)
{
    unsigned long number = 0;

    if (sscanf(option, "-runs=%lu", &number) == 1)
        driver.runs = number;
    else if (sscanf(option, "-seed=%lu", &number) == 1)
        driver.random = number;
    else if (sscanf(option, "-max_len=%lu", &number) == 1)
        driver.max_size = number;
    else if (sscanf(option, "-max_total_time=%lu", &number) == 1)
        driver.seconds = number;
}

static size_t change(uint8_t *data, size_t size)
{
    static const uint8_t edges[] = {0, 1, 0x7F, 0x80, 0xFE, 0xFF};
    size_t at = below(size), length = below(size - at) + 1;

    if (size == 0)
        return 0;
    switch (below(6)) {
    case 0:
        data[at] = (uint8_t)next_random();
        break;
    case 1:
        data[at] ^= (uint8_t)(1u << below(8));
        break;
    case 2:
        data[at] = edges[below(sizeof edges)];
        break;
    case 3: /* leave out */
        memmove(data + at, data + at + length, size - at - length);
        return size - length;
    case 4: /* repeat */
        if (length > driver.max_size - size)
            length = driver.max_size - size;
        memmove(data + at + length, data + at, size - at);
        return size + length;
    default: /* from another input */
        if (driver.count > 0) {
            const unit *other = &driver.units[below(driver.count)];
            size_t from = below(other->size), most = other->size - from;

            length = length < most ? length : most;
            if (length > 0)
                memcpy(data + at, other->data + from, length);
        }
        break;
    }
    return size;
}

static void run_mutated(void)
{
    const unit *from = &driver.units[below(driver.count)];
    uint8_t *data = (uint8_t *)malloc(driver.max_size + 1), *exact;
    size_t size = 0;

    FUZZ_CHECK(data != NULL);
    if (driver.count > 0) {
        size = from->size < driver.max_size ? from->size : driver.max_size;
        memcpy(data, from->data, size);
    }
    for (size_t changes = 1 + below(MOST_CHANGES); changes > 0; changes--)
        size = change(data, size);
    exact = (uint8_t *)malloc(size > 0 ? size : 1);
    FUZZ_CHECK(exact != NULL);
    memcpy(exact, data, size);
    free(data);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
}

int main(int argc, char **argv)
{
    time_t start = time(NULL);
    unsigned long done = 0;

    LLVMFuzzerInitialize(&argc, &argv);
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] == '-')
            read_option(argv[i]);
        else
            add_path(argv[i]);
    }
    qsort(driver.units, driver.count, sizeof driver.units[0], compare_units);
    for (size_t i = 0; i < driver.count; i++)
        LLVMFuzzerTestOneInput(driver.units[i].data, driver.units[i].size);
    for (; done < driver.runs; done++) {
        if (driver.seconds > 0 && time(NULL) - start >= (time_t)driver.seconds)
            break;
        run_mutated();
    }
    for (size_t i = 0; i < driver.count; i++)
        free(driver.units[i].data);
    printf("stat::number_of_executed_units: %zu\n", driver.count + done);
    return 0;
}
