/* server.c
 * A server of both interfaces on Wine's rpcrt4
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * server PORT [async=STATUS | wait=notify:MS | wait=quiet:MS | wait=fault:MS]...
 * The outcomes are used up in order; after them a wait answers at once that there is no event.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include <rpc.h>

#include "emsmdb.h"

#define OUTCOMES             16
#define NOTIFICATION_PENDING 1
#define TOO_BUSY             1723

struct outcome {
    char kind;
    DWORD ms;
};

static struct outcome waits[OUTCOMES];
static LONG wait_count, waits_used;
static long async_status[OUTCOMES];
static LONG async_count, async_used;
static unsigned char empty_rops[] = {0, 0, 4, 0, 2, 0, 2, 0, 2, 0};

void *__RPC_USER MIDL_user_allocate(SIZE_T size)
{
    return HeapAlloc(GetProcessHeap(), 0, size);
}

void __RPC_USER MIDL_user_free(void *memory)
{
    HeapFree(GetProcessHeap(), 0, memory);
}

void __RPC_USER CXH_rundown(CXH cxh)
{
}

void __RPC_USER ACXH_rundown(ACXH acxh)
{
}

static unsigned char *copy_of(const char *text)
{
    unsigned char *copy = MIDL_user_allocate(strlen(text) + 1);

    strcpy((char *)copy, text);
    return copy;
}

static void set_version(unsigned short *words, unsigned short major, unsigned short build,
                        unsigned short revision)
{
    words[0] = (unsigned short)(major << 8);
    words[1] = build | 0x8000;
    words[2] = revision;
}

LONG __cdecl EcDoConnectEx(CXH *pcxh, unsigned char *szUserDN, ULONG ulFlags, ULONG ulConMod,
                           ULONG cbLimit, ULONG ulCpid, ULONG ulLcidString, ULONG ulLcidSort,
                           ULONG ulIcxrLink, unsigned short usFCanConvertCodePages,
                           ULONG *pcmsPollsMax, ULONG *pcRetry, ULONG *pcmsRetryDelay,
                           unsigned short *piCxr, OPTIONAL_STRING *szDNPrefix,
                           OPTIONAL_STRING *szDisplayName, unsigned short *rgwClientVersion,
                           unsigned short *rgwServerVersion, unsigned short *rgwBestVersion,
                           ULONG *pulTimeStamp, unsigned char *rgbAuxIn, ULONG cbAuxIn,
                           unsigned char *rgbAuxOut, ULONG *pcbAuxOut)
{
    *pcxh = (CXH)1;
    *pcmsPollsMax = 60000;
    *pcRetry = 6;
    *pcmsRetryDelay = 10000;
    *piCxr = 1;
    szDNPrefix->text = copy_of("");
    szDisplayName->text = copy_of("Alice");
    set_version(rgwServerVersion, 15, 1497, 2);
    memcpy(rgwBestVersion, rgwClientVersion, 3 * sizeof(*rgwClientVersion));
    *pulTimeStamp = 0x13a0b0c1;
    *pcbAuxOut = 0;
    return 0;
}

LONG __cdecl EcDoAsyncConnectEx(CXH cxh, ACXH *pacxh)
{
    LONG number = InterlockedIncrement(&async_used);
    LONG status = number <= async_count ? async_status[number - 1] : 0;

    *pacxh = status ? NULL : (ACXH)2;
    return status;
}

LONG __cdecl EcDoAsyncWaitEx(ACXH acxh, ULONG ulFlagsIn, ULONG *pulFlagsOut)
{
    LONG number = InterlockedIncrement(&waits_used);
    struct outcome outcome = {'q', 0};

    if (number <= wait_count)
        outcome = waits[number - 1];
    Sleep(outcome.ms);
    if (outcome.kind == 'f')
        RpcRaiseException(TOO_BUSY);
    *pulFlagsOut = outcome.kind == 'n' ? NOTIFICATION_PENDING : 0;
    return 0;
}

LONG __cdecl EcDoRpcExt2(CXH *pcxh, ULONG *pulFlags, unsigned char *rgbIn, ULONG cbIn,
                         unsigned char *rgbOut, BIG_RANGE_ULONG *pcbOut, unsigned char *rgbAuxIn,
                         ULONG cbAuxIn, unsigned char *rgbAuxOut, SMALL_RANGE_ULONG *pcbAuxOut,
                         ULONG *pulTransTime)
{
    *pulFlags = 0;
    memcpy(rgbOut, empty_rops, sizeof(empty_rops));
    *pcbOut = sizeof(empty_rops);
    *pcbAuxOut = 0;
    *pulTransTime = 0;
    return 0;
}

LONG __cdecl EcDoDisconnect(CXH *pcxh)
{
    *pcxh = NULL;
    return 0;
}

LONG __cdecl EcDummyRpc(void)
{
    return 0;
}

#define UNUSED(name)                                                                               \
    LONG __cdecl name(void)                                                                        \
    {                                                                                              \
        return 0;                                                                                  \
    }

UNUSED(Opnum0NotUsedOnWire)
UNUSED(Opnum2NotUsedOnWire)
UNUSED(Opnum3NotUsedOnWire)
UNUSED(Opnum4NotUsedHere)
UNUSED(Opnum5NotUsedOnWire)
UNUSED(Opnum7NotUsedOnWire)
UNUSED(Opnum8NotUsedOnWire)
UNUSED(Opnum9NotUsedOnWire)
UNUSED(Opnum12NotUsedOnWire)
UNUSED(Opnum13NotUsedOnWire)

static void read_plan(const char *argument)
{
    const char *colon = strchr(argument, ':');

    if (!strncmp(argument, "async=", 6) && async_count < OUTCOMES) {
        async_status[async_count++] = strtol(argument + 6, NULL, 0);
    } else if (!strncmp(argument, "wait=", 5) && colon && wait_count < OUTCOMES) {
        waits[wait_count].kind = argument[5];
        waits[wait_count++].ms = (DWORD)strtol(colon + 1, NULL, 10);
    }
}

int main(int argc, char **argv)
{
    RPC_STATUS status;
    int i;

    for (i = 2; i < argc; i++)
        read_plan(argv[i]);
    status = RpcServerUseProtseqEpA((RPC_CSTR) "ncacn_ip_tcp", 10, (RPC_CSTR)argv[1], NULL);
    if (!status)
        status = RpcServerRegisterIf(emsmdb_v0_81_s_ifspec, NULL, NULL);
    if (!status)
        status = RpcServerRegisterIf(asyncemsmdb_v0_1_s_ifspec, NULL, NULL);
    printf("listening %ld\n", (long)status);
    fflush(stdout);
    return status ? 1 : (int)RpcServerListen(1, 10, FALSE);
}
