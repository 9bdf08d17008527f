// SPDX-License-Identifier: BSD-2-Clause
// Owns a sender of many ready-made IPv6 packets at a steady rate, one after the other.
//
//   blast DEVICE MAC FILE RATE [SECONDS]
//
// FILE holds packets, each behind its length in two octets (network order). They leave DEVICE for
// MAC, RATE a second; with SECONDS over and over until the time is up, else once. Prints one JSON
// object: sent, seconds, late (how far the sender fell behind its rate, in ms).
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static uint8_t *read_all(const char *path, size_t *len)
{
	FILE *file = fopen(path, "rb");
	uint8_t *octets = NULL;
	long size;

	if (!file || fseek(file, 0, SEEK_END) || (size = ftell(file)) <= 0)
		return NULL;
	rewind(file);
	octets = malloc((size_t)size);
	*len = octets ? fread(octets, 1, (size_t)size, file) : 0;
	fclose(file);
	return octets;
}

static int open_link(const char *device, const char *mac, uint8_t header[static ETH_HLEN])
{
	struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IPV6)};
	int fd = socket(AF_PACKET, SOCK_RAW, 0);
	struct ifreq request = {0};
	unsigned int m[6];

	if (fd < 0 || sscanf(mac, "%x:%x:%x:%x:%x:%x", m, m + 1, m + 2, m + 3, m + 4, m + 5) != 6)
		return -1;
	address.sll_ifindex = (int)if_nametoindex(device);
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", device);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    ioctl(fd, SIOCGIFHWADDR, &request))
		return -1;
	for (int i = 0; i < 6; i++)
		header[i] = (uint8_t)m[i];
	memcpy(header + 6, request.ifr_hwaddr.sa_data, 6);
	header[12] = 0x86;
	header[13] = 0xdd;
	return fd;
}

static void wait_until(uint64_t at_ns)
{
	struct timespec t = {(time_t)(at_ns / 1000000000), (long)(at_ns % 1000000000)};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

int main(int argc, char **argv)
{
	uint64_t start, end = 0, sent = 0, late = 0;
	uint8_t frame[ETH_HLEN + 65535];
	size_t len = 0, at = 0;
	uint8_t *packets;
	double rate;
	int fd;

	if (argc < 5 || !(packets = read_all(argv[3], &len)) || (rate = atof(argv[4])) <= 0) {
		fprintf(stderr, "usage: blast DEVICE MAC FILE RATE [SECONDS]\n");
		return 2;
	}
	fd = open_link(argv[1], argv[2], frame);
	if (fd < 0) {
		perror(argv[1]);
		return 1;
	}
	start = now_ns();
	if (argc > 5)
		end = start + (uint64_t)(atof(argv[5]) * 1e9);
	while (!end || now_ns() < end) {
		uint64_t due = start + (uint64_t)((double)sent * 1e9 / rate), now = now_ns();
		size_t size;

		if (at + 2 > len) {
			if (!end)
				break;
			at = 0;
		}
		size = (size_t)packets[at] << 8 | packets[at + 1];
		if (due > now + 1000000) /* a burst of at most 1 ms */
			wait_until(due);
		else if (now > due && now - due > late)
			late = now - due;
		memcpy(frame + ETH_HLEN, packets + at + 2, size);
		if (send(fd, frame, ETH_HLEN + size, 0) < 0 && errno != ENOBUFS)
			break;
		at += 2 + size;
		sent++;
	}
	printf("{\"sent\":%llu,\"seconds\":%.3f,\"late\":%llu}\n", (unsigned long long)sent,
	       (double)(now_ns() - start) / 1e9, (unsigned long long)(late / 1000000));
	return 0;
}
