/* client.c
 * A client of both interfaces on Wine's rpcrt4
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * client PORT STEP...
 * Steps: connect, async, wait (and see it end), park (a wait in the background), join (its end),
 * fetch, disconnect. Prints a line for each call as it ends: its name, return value or exception,
 * and the flags of a wait.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include <rpc.h>
#include <wine/exception.h>

#include "emsmdb.h"

static CXH cxh;
static ACXH acxh;
static HANDLE parked;
static unsigned char empty_rops[] = {0, 0, 4, 0, 2, 0, 2, 0, 2, 0};

void *__RPC_USER MIDL_user_allocate(SIZE_T size)
{
    return HeapAlloc(GetProcessHeap(), 0, size);
}

void __RPC_USER MIDL_user_free(void *memory)
{
    HeapFree(GetProcessHeap(), 0, memory);
}

static LONG connect_ex(void)
{
    ULONG polls, retry, delay, stamp = 0, aux_size = 0x1008;
    unsigned short index, best[3], server[3], client[3] = {0x0f00, 0x8450, 4};
    unsigned char nothing[1] = {0}, aux[0x1008];
    OPTIONAL_STRING prefix = {NULL}, name = {NULL};

    return EcDoConnectEx(&cxh, (unsigned char *)"/o=Lab/ou=Site/cn=Recipients/cn=alice", 0,
                         0x6a3f1214, 0, 1252, 0x0409, 0x0409, 0xffffffff, 1, &polls, &retry, &delay,
                         &index, &prefix, &name, client, server, best, &stamp, nothing, 0, aux,
                         &aux_size);
}

static LONG fetch(void)
{
    static unsigned char out[0x8000], aux[0x1008];
    ULONG flags = 3, out_size = sizeof(out), aux_size = sizeof(aux), time;
    unsigned char nothing[1] = {0};

    return EcDoRpcExt2(&cxh, &flags, empty_rops, sizeof(empty_rops), out, &out_size, nothing, 0,
                       aux, &aux_size, &time);
}

static LONG CALLBACK any_exception(EXCEPTION_POINTERS *pointers)
{
    return EXCEPTION_EXECUTE_HANDLER;
}

static DWORD CALLBACK wait_once(void *unused)
{
    ULONG flags = 0;
    LONG result;

    __TRY
    {
        result = EcDoAsyncWaitEx(acxh, 0, &flags);
        printf("EcDoAsyncWaitEx %ld %lu\n", (long)result, (unsigned long)flags);
    }
    __EXCEPT(any_exception)
    {
        printf("EcDoAsyncWaitEx exception %lu\n", (unsigned long)GetExceptionCode());
    }
    __ENDTRY
    fflush(stdout);
    return 0;
}

static void step(const char *name)
{
    if (!strcmp(name, "connect")) {
        printf("EcDoConnectEx %ld\n", (long)connect_ex());
    } else if (!strcmp(name, "async")) {
        printf("EcDoAsyncConnectEx %ld\n", (long)EcDoAsyncConnectEx(cxh, &acxh));
    } else if (!strcmp(name, "fetch")) {
        printf("EcDoRpcExt2 %ld\n", (long)fetch());
    } else if (!strcmp(name, "disconnect")) {
        printf("EcDoDisconnect %ld\n", (long)EcDoDisconnect(&cxh));
    } else if (!strcmp(name, "wait")) {
        wait_once(NULL);
    } else if (!strcmp(name, "park")) {
        parked = CreateThread(NULL, 0, wait_once, NULL, 0, NULL);
        Sleep(200);
    } else if (!strcmp(name, "join")) {
        WaitForSingleObject(parked, INFINITE);
    }
    fflush(stdout);
}

int main(int argc, char **argv)
{
    RPC_CSTR text;
    RPC_STATUS status;
    int i;

    status = RpcStringBindingComposeA(NULL, (RPC_CSTR) "ncacn_ip_tcp", (RPC_CSTR) "127.0.0.1",
                                      (RPC_CSTR)argv[1], NULL, &text);
    if (!status)
        status = RpcBindingFromStringBindingA(text, &emsmdb_binding);
    for (i = 2; !status && i < argc; i++)
        step(argv[i]);
    return (int)status;
}
