"use client"; export default function E() { return <h1>something broke</h1>; }
