/* The instructions of the census, put together for one target. */
#ifndef SENSOR_CENSUS_PROGRAM_H
#define SENSOR_CENSUS_PROGRAM_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What is told apart: a call and, of some, one argument. */
struct census_key {
    uint32_t number;
    uint32_t compat; /* 1: a 32-bit program's call */
    uint32_t argument;
    uint32_t index; /* the argument's, from 1; 0: no argument decides */
};

struct census_target {
    int members;
    int seen;
    int failures;
    uint64_t device; /* of the target's PID namespace, as stat tells it */
    uint64_t inode;
    pid_t first; /* the first program's process id in that namespace */
};

enum { CENSUS_CAPACITY = 512 };

struct census_program {
    struct bpf_insn instructions[CENSUS_CAPACITY];
    uint32_t length;
};

/* At sys_enter: records the calls of members, and takes in gates that execute a command. */
void census_program_enter(struct census_program *program, const struct census_target *target);
/* At sched_process_exec: takes in the first program, whose gate waited before the census began. */
void census_program_exec(struct census_program *program, const struct census_target *target);
/* At sched_process_fork: what a member starts is a member, what another starts is not. */
void census_program_fork(struct census_program *program, const struct census_target *target);
/* At sched_process_exit: a thread's address will stand for another. */
void census_program_exit(struct census_program *program, const struct census_target *target);

#endif
