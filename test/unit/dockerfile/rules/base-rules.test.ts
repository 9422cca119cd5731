import assert from 'node:assert/strict';
import { type Case, findingsOf } from './judgement.js';

const digest = `sha256:${'0'.repeat(64)}`;

const rules: Record<string, readonly Case[]> = {
  'base-without-version': [
    ['no tag', 'FROM python', [1]],
    ['latest', 'FROM ubuntu:latest\nRUN a', [1]],
    ['a variant of latest', 'FROM tensorflow/tensorflow:latest-gpu', [1]],
    ['latest of another registry', 'FROM localhost:5000/a/b:latest', [1]],
    ['the newest Python', 'FROM python:slim-bookworm', [1]],
    ['a branch of Debian that moves', 'FROM debian:testing-slim', [1]],
    ['a nightly', 'FROM pytorch/pytorch-nightly:devel', [1]],
    ['an argument’s default', 'ARG TAG=latest\nFROM python:${TAG}', [2]],
    ['COPY --from', 'FROM python:3.12\nCOPY --from=ghcr.io/astral-sh/uv:latest /uv /bin/', [2]],
    ['a mount', 'FROM python:3.12\nRUN --mount=from=busybox,target=/b x', [2]],
    ['a version', 'FROM python:3.12-slim', []],
    ['a name of Debian’s', 'FROM debian:bookworm-slim', []],
    ['a name of Ubuntu’s', 'FROM ubuntu:noble', []],
    ['a nightly of a day', 'FROM a/b:nightly-2024-05-01', []],
    ['a word in a version', 'FROM nvidia/cuda:12.4.1-cudnn-devel-ubuntu22.04', []],
    ['a digest', `FROM python@${digest}`, []],
    ['latest with a digest', `FROM python:latest@${digest}`, []],
    ['scratch', 'FROM scratch\nCOPY a b', []],
    ['a stage', 'FROM python:3.12 AS latest\nFROM latest', []],
    ['a port', 'FROM localhost:5000/a:1', []],
    ['a variable without a value', 'ARG TAG\nFROM python:$TAG', []],
    ['the platform’s variable', 'FROM python:3.12 AS base-amd64\nFROM base-${TARGETARCH}', []],
    ['a stage that is not needed', 'FROM python:latest AS a\nFROM python:3.12', []],
    ['an unknown registry’s tag without digits', 'FROM lab.example.org/group/image:paper', []],
  ],
  'base-without-digest': [
    ['a tag', 'FROM python:3.12', [1]],
    ['two stages', 'FROM a:1 AS b\nFROM c:2\nCOPY --from=b x y', [1, 2]],
    ['COPY --from', `FROM a:1@${digest}\nCOPY --from=c:2 x y`, [2]],
    ['a digest', `FROM python:3.12@${digest}`, []],
    ['no tag, which is another rule’s', 'FROM python', []],
    ['a variable, which is another rule’s', 'ARG V=3.12\nFROM python:$V', []],
    ['scratch', 'FROM scratch', []],
    ['a stage', `FROM a:1@${digest} AS b\nFROM b`, []],
    ['a stage that is not needed', `FROM a:1\nFROM a:1@${digest}`, []],
  ],
  'base-from-argument': [
    ['a version', 'ARG V=3.12\nFROM python:${V}-slim', [2]],
    ['a whole reference', 'ARG BASE=python:3.12\nFROM $BASE', [2]],
    ['a whole reference with a digest', `ARG BASE=python:3.12@${digest}\nFROM $BASE`, []],
    ['a digest behind a variable', `ARG V=3.12\nFROM python:$V@${digest}`, []],
    ['a stage', `FROM a@${digest} AS x\nARG S=x\nFROM x`, []],
    ['no value', 'ARG V\nFROM python:$V', []],
  ],
  'base-end-of-life': [
    ['an old CUDA', 'FROM nvidia/cuda:10.2-cudnn7-devel-ubuntu18.04', [1]],
    ['CUDA 11.3', 'FROM docker.io/nvidia/cuda:11.3.1-base-ubuntu20.04', [1]],
    ['an old CUDA by digest', `FROM nvidia/cuda:10.2-base@${digest}`, [1]],
    ['Debian 9', 'FROM python:3.7-stretch', [1]],
    ['Debian 10', 'FROM debian:buster-slim', [1]],
    ['CentOS 7', 'FROM centos:7', [1]],
    ['CUDA on CentOS', 'FROM nvidia/cuda:11.8.0-devel-centos7', [1]],
    ['a CUDA of today', 'FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04', []],
    ['CUDA 11.8', 'FROM nvidia/cuda:11.8.0-runtime-ubuntu22.04', []],
    ['Debian 12', 'FROM python:3.12-slim-bookworm', []],
    ['another’s number', 'FROM example/cuda:10.2', []],
    ['a name with such a word', 'FROM a/buster:1', []],
    [
      'an old Debian from the archive',
      'FROM debian:stretch\nRUN sed -i s/deb.debian.org/archive.debian.org/ /etc/apt/sources.list && apt-get update',
      [],
    ],
    ['a stage that is not needed', 'FROM centos:7 AS a\nFROM b:1', []],
  ],
  'stage-unused': [
    ['a first FROM of two', 'FROM a:1\nRUN x\nFROM b:1\nRUN y', [1]],
    ['one in the middle', 'FROM a:1 AS x\nFROM b:1\nFROM c:1\nCOPY --from=x a b', [2]],
    ['a stage that is copied from', 'FROM a:1\nFROM b:1\nCOPY --from=0 x y', []],
    ['a stage that is mounted', 'FROM a:1 AS x\nFROM b:1\nRUN --mount=from=x,target=/x y', []],
    ['a stage with a name', 'FROM a:1 AS test\nFROM b:1', []],
    ['a stage that a variable may name', 'FROM a:1\nFROM b:1 AS x-amd64\nFROM x-$TARGETARCH', [], { platforms: [] }],
  ],
  'base-label-differs': [
    ['another version', 'FROM python:3.12\nLABEL org.opencontainers.image.base.name="python:3.11"', [2]],
    [
      'another image',
      'FROM python:3.12\nLABEL a=b \\\n org.opencontainers.image.base.name=docker.io/library/debian:12',
      [2],
    ],
    ['another digest', `FROM a@${digest}\nLABEL org.opencontainers.image.base.digest=sha256:${'1'.repeat(64)}`, [2]],
    [
      'the same, written out',
      'FROM python:3.12\nLABEL org.opencontainers.image.base.name=docker.io/library/python:3.12',
      [],
    ],
    ['the same with a digest', `FROM python:3.12@${digest}\nLABEL org.opencontainers.image.base.name=python:3.12`, []],
    [
      'the base of a stage below',
      'FROM python:3.12 AS a\nFROM a\nLABEL "org.opencontainers.image.base.name"="python:3.12"',
      [],
    ],
    ['a variable', 'FROM python:3.12\nLABEL org.opencontainers.image.base.name=$B', []],
    [
      'a stage that is not the last',
      'FROM a:1 AS x\nLABEL org.opencontainers.image.base.name=b:1\nFROM c:1\nCOPY --from=x a b',
      [],
    ],
    ['a digest that FROM does not have', `FROM a:1\nLABEL org.opencontainers.image.base.digest=${digest}`, []],
  ],
};

for (const [rule, cases] of Object.entries(rules)) {
  describe(`the rule ${rule}`, () => {
    for (const [what, text, lines, given] of cases) {
      it(`${lines.length > 0 ? 'finds' : 'leaves'} ${what}`, () => {
        assert.deepEqual(
          findingsOf(rule, text, given).map(({ line }) => line),
          lines,
        );
      });
    }
  });
}
