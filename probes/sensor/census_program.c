#include "census_program.h"

#include <asm/ptrace.h>
#include <stdint.h>

#include "calls.h"

/* Offsets in the stack of a program, from its frame pointer. */
enum {
    TASK = -8,
    VALUE = -16,
    NAME = -32,
    IDS = -48,
    KEY = -64,
    REGISTERS = -64 - 304, /* a copy of the caller's */
};

/* In struct pt_regs: the arguments, and what tells a 32-bit caller. */
#if defined(__x86_64__)
enum { REGISTERS_SIZE = 168, MODE_AT = 136, MODE_MASK = 0xffff, MODE_COMPAT = 0x23 };
static const int16_t native_argument[] = {112, 104};
static const int16_t compat_argument[] = {40, 88};
#else
enum { REGISTERS_SIZE = 272, MODE_AT = 264, MODE_MASK = 0x10, MODE_COMPAT = 0x10 };
static const int16_t native_argument[] = {0, 8};
static const int16_t compat_argument[] = {0, 8};
#endif

/* Calls of which an argument decides how dangerous they are. */
struct deciding {
    int16_t number[ABI_COUNT];
    uint8_t index;
};

static const struct deciding deciding[] = {
    {{56, 120, 220, 120}, 0},   /* clone: flags */
    {{41, 359, 198, 281}, 0},   /* socket: family */
    {{53, 360, 199, 288}, 0},   /* socketpair: family */
    {{16, 54, 29, 54}, 1},      /* ioctl: request */
    {{157, 172, 167, 172}, 0},  /* prctl: option */
    {{158, 384, -1, -1}, 0},    /* arch_prctl: code */
    {{135, 136, 92, 136}, 0},   /* personality: persona */
    {{272, 310, 97, 337}, 0},   /* unshare: flags */
    {{101, 26, 117, 26}, 0},    /* ptrace: request */
    {{321, 357, 280, 386}, 0},  /* bpf: command */
    {{250, 288, 219, 311}, 0},  /* keyctl: operation */
    {{-1, 102, -1, 102}, 0},    /* socketcall: which */
};

static void append(struct census_program *program, struct bpf_insn instruction)
{
    if (program->length < CENSUS_CAPACITY)
        program->instructions[program->length] = instruction;
    program->length++;
}

static void move(struct census_program *program, int to, int from)
{
    append(program, (struct bpf_insn){.code = BPF_ALU64 | BPF_MOV | BPF_X,
                                      .dst_reg = (unsigned)to & 15, .src_reg = (unsigned)from & 15});
}

static void arithmetic(struct census_program *program, int operation, int to, int32_t number)
{
    append(program, (struct bpf_insn){.code = (uint8_t)(BPF_ALU64 | operation | BPF_K),
                                      .dst_reg = (unsigned)to & 15, .imm = number});
}

static void set(struct census_program *program, int to, int32_t number)
{
    arithmetic(program, BPF_MOV, to, number);
}

/* A number of 64 bits takes two instructions; with `kind` it is a map's descriptor. */
static void set_wide(struct census_program *program, int to, int kind, uint64_t number)
{
    append(program, (struct bpf_insn){.code = BPF_LD | BPF_DW | BPF_IMM,
                                      .dst_reg = (unsigned)to & 15, .src_reg = (unsigned)kind & 15,
                                      .imm = (int32_t)(uint32_t)number});
    append(program, (struct bpf_insn){.imm = (int32_t)(uint32_t)(number >> 32)});
}

static void load(struct census_program *program, int size, int to, int from, int offset)
{
    append(program, (struct bpf_insn){.code = (uint8_t)(BPF_LDX | BPF_MEM | size),
                                      .dst_reg = (unsigned)to & 15, .src_reg = (unsigned)from & 15,
                                      .off = (int16_t)offset});
}

static void store(struct census_program *program, int size, int offset, int from)
{
    append(program, (struct bpf_insn){.code = (uint8_t)(BPF_STX | BPF_MEM | size),
                                      .dst_reg = BPF_REG_10, .src_reg = (unsigned)from & 15,
                                      .off = (int16_t)offset});
}

static void address(struct census_program *program, int to, int offset)
{
    move(program, to, BPF_REG_10);
    arithmetic(program, BPF_ADD, to, offset);
}

static void call(struct census_program *program, int helper)
{
    append(program, (struct bpf_insn){.code = BPF_JMP | BPF_CALL, .imm = helper});
}

/* A jump whose end is told later: returns what `land` needs. */
static uint32_t jump(struct census_program *program, int condition, int left, int32_t right)
{
    append(program, (struct bpf_insn){.code = (uint8_t)(BPF_JMP | condition | BPF_K),
                                      .dst_reg = (unsigned)left & 15, .imm = right});
    return program->length - 1;
}

static void land(struct census_program *program, uint32_t from)
{
    if (program->length <= CENSUS_CAPACITY)
        program->instructions[from].off = (int16_t)(program->length - from - 1);
}

static void leave(struct census_program *program)
{
    set(program, BPF_REG_0, 0);
    append(program, (struct bpf_insn){.code = BPF_JMP | BPF_EXIT});
}

static void on_map(struct census_program *program, int helper, int map, int key)
{
    set_wide(program, BPF_REG_1, BPF_PSEUDO_MAP_FD, (uint64_t)map);
    address(program, BPF_REG_2, key);
    if (helper == BPF_FUNC_map_update_elem) {
        set(program, BPF_REG_3, 1);
        store(program, BPF_DW, VALUE, BPF_REG_3);
        address(program, BPF_REG_3, VALUE);
        set(program, BPF_REG_4, BPF_ANY);
    }
    call(program, helper);
}

/* Puts the key into a map; where it does not fit, the failures are one more. */
static void insert(struct census_program *program, const struct census_target *target, int map,
                   int key)
{
    on_map(program, BPF_FUNC_map_update_elem, map, key);
    uint32_t fits = jump(program, BPF_JEQ, BPF_REG_0, 0);
    set(program, BPF_REG_1, 0);
    store(program, BPF_DW, VALUE, BPF_REG_1);
    on_map(program, BPF_FUNC_map_lookup_elem, target->failures, VALUE);
    uint32_t missing = jump(program, BPF_JEQ, BPF_REG_0, 0);
    set(program, BPF_REG_1, 1);
    append(program, (struct bpf_insn){.code = BPF_STX | BPF_ATOMIC | BPF_DW, .dst_reg = BPF_REG_0,
                                      .src_reg = BPF_REG_1, .imm = BPF_ADD});
    land(program, missing);
    land(program, fits);
}

/* Goes on where the current process is in the target's PID namespace; its ids are at IDS. Returns
 * the jump that is taken where it is not. */
static uint32_t unless_in_namespace(struct census_program *program,
                                    const struct census_target *target)
{
    set_wide(program, BPF_REG_1, 0, target->device);
    set_wide(program, BPF_REG_2, 0, target->inode);
    address(program, BPF_REG_3, IDS);
    set(program, BPF_REG_4, sizeof(struct bpf_pidns_info));
    call(program, BPF_FUNC_get_ns_current_pid_tgid);
    return jump(program, BPF_JNE, BPF_REG_0, 0);
}

static void current_task(struct census_program *program)
{
    call(program, BPF_FUNC_get_current_task);
    store(program, BPF_DW, TASK, BPF_REG_0);
}

/* A gate that was announced (its name is `slim:…`) executes a command. */
static void take_in_gate(struct census_program *program, const struct census_target *target,
                         int execve)
{
    static const char announced[8] = "slim:";
    uint64_t name = 0;
    for (size_t index = 5; index > 0; index--)
        name = name << 8 | (unsigned char)announced[index - 1];
    uint32_t other_call = jump(program, BPF_JNE, BPF_REG_7, execve);
    address(program, BPF_REG_1, NAME);
    set(program, BPF_REG_2, 16);
    call(program, BPF_FUNC_get_current_comm);
    load(program, BPF_DW, BPF_REG_1, BPF_REG_10, NAME);
    arithmetic(program, BPF_LSH, BPF_REG_1, 24);
    set_wide(program, BPF_REG_2, 0, name << 24);
    append(program, (struct bpf_insn){.code = BPF_JMP | BPF_JNE | BPF_X, .dst_reg = BPF_REG_1,
                                      .src_reg = BPF_REG_2});
    uint32_t other_name = program->length - 1;
    uint32_t elsewhere = unless_in_namespace(program, target);
    insert(program, target, target->members, TASK);
    uint32_t taken = jump(program, BPF_JA, 0, 0);
    land(program, other_call);
    land(program, other_name);
    land(program, elsewhere);
    leave(program);
    land(program, taken);
}

/* The argument that decides, for calls that have one: key.argument and key.index. */
static void find_argument(struct census_program *program, enum abi abi, const int16_t places[])
{
    for (size_t index = 0; index < sizeof deciding / sizeof deciding[0]; index++) {
        const struct deciding *each = &deciding[index];
        if (each->number[abi] < 0)
            continue;
        uint32_t other = jump(program, BPF_JNE, BPF_REG_7, each->number[abi]);
        load(program, BPF_W, BPF_REG_1, BPF_REG_10, REGISTERS + places[each->index]);
        store(program, BPF_W, KEY + (int)offsetof(struct census_key, argument), BPF_REG_1);
        set(program, BPF_REG_1, each->index + 1);
        store(program, BPF_W, KEY + (int)offsetof(struct census_key, index), BPF_REG_1);
        land(program, other);
    }
}

static void record(struct census_program *program, const struct census_target *target)
{
    address(program, BPF_REG_1, REGISTERS);
    set(program, BPF_REG_2, REGISTERS_SIZE);
    load(program, BPF_DW, BPF_REG_3, BPF_REG_6, 0);
    call(program, BPF_FUNC_probe_read_kernel);
    set(program, BPF_REG_1, 0);
    store(program, BPF_DW, KEY + 8, BPF_REG_1);
    store(program, BPF_W, KEY + (int)offsetof(struct census_key, compat), BPF_REG_1);
    store(program, BPF_W, KEY + (int)offsetof(struct census_key, number), BPF_REG_7);
    load(program, BPF_DW, BPF_REG_1, BPF_REG_10, REGISTERS + MODE_AT);
    arithmetic(program, BPF_AND, BPF_REG_1, MODE_MASK);
    uint32_t is_compat = jump(program, BPF_JEQ, BPF_REG_1, MODE_COMPAT);
    find_argument(program, abi_native(), native_argument);
    uint32_t known = jump(program, BPF_JA, 0, 0);
    land(program, is_compat);
    set(program, BPF_REG_1, 1);
    store(program, BPF_W, KEY + (int)offsetof(struct census_key, compat), BPF_REG_1);
    find_argument(program, abi_compat(), compat_argument);
    land(program, known);
    on_map(program, BPF_FUNC_map_lookup_elem, target->seen, KEY);
    uint32_t seen_before = jump(program, BPF_JNE, BPF_REG_0, 0);
    insert(program, target, target->seen, KEY);
    land(program, seen_before);
    leave(program);
}

/* The arguments of a tracepoint are what the context points to. */
void census_program_enter(struct census_program *program, const struct census_target *target)
{
    int execve = call_named("execve")->number[abi_native()];
    program->length = 0;
    move(program, BPF_REG_6, BPF_REG_1);
    load(program, BPF_DW, BPF_REG_7, BPF_REG_6, 8); /* sys_enter(registers, number) */
    current_task(program);
    on_map(program, BPF_FUNC_map_lookup_elem, target->members, TASK);
    uint32_t member = jump(program, BPF_JNE, BPF_REG_0, 0);
    take_in_gate(program, target, execve);
    land(program, member);
    record(program, target);
}

void census_program_exec(struct census_program *program, const struct census_target *target)
{
    program->length = 0;
    uint32_t elsewhere = unless_in_namespace(program, target);
    load(program, BPF_W, BPF_REG_1, BPF_REG_10, IDS + (int)offsetof(struct bpf_pidns_info, tgid));
    uint32_t another = jump(program, BPF_JNE, BPF_REG_1, target->first);
    current_task(program);
    insert(program, target, target->members, TASK);
    land(program, elsewhere);
    land(program, another);
    leave(program);
}

void census_program_fork(struct census_program *program, const struct census_target *target)
{
    program->length = 0;
    load(program, BPF_DW, BPF_REG_7, BPF_REG_1, 8); /* sched_process_fork(parent, child) */
    current_task(program);
    on_map(program, BPF_FUNC_map_lookup_elem, target->members, TASK);
    move(program, BPF_REG_8, BPF_REG_0);
    store(program, BPF_DW, TASK, BPF_REG_7);
    uint32_t stranger = jump(program, BPF_JEQ, BPF_REG_8, 0);
    insert(program, target, target->members, TASK);
    leave(program);
    land(program, stranger);
    on_map(program, BPF_FUNC_map_delete_elem, target->members, TASK);
    leave(program);
}

void census_program_exit(struct census_program *program, const struct census_target *target)
{
    program->length = 0;
    load(program, BPF_DW, BPF_REG_7, BPF_REG_1, 0); /* sched_process_exit(task, …) */
    store(program, BPF_DW, TASK, BPF_REG_7);
    on_map(program, BPF_FUNC_map_delete_elem, target->members, TASK);
    leave(program);
}
