import type { CryptographicAlgorithm } from "../model.ts";

/** Contents that countless unrelated files share: a match with one says nothing. Shape: all bytes are zero, digests lower-case hex. */
export const trivialContents: readonly ({ readonly sizeBytes: number } & Readonly<Record<CryptographicAlgorithm, string>>)[] = [
  {
    sizeBytes: 0,
    md5: "d41d8cd98f00b204e9800998ecf8427e",
    sha1: "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    blake3: "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
  },
  {
    sizeBytes: 1,
    md5: "93b885adfe0da089cdf634904fd59f71",
    sha1: "5ba93c9db0cff93f52b521d7420e43f6eda2784f",
    sha256: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    blake3: "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213",
  },
  {
    sizeBytes: 512,
    md5: "bf619eac0cdf3f68d496ea9344137e8b",
    sha1: "5c3eb80066420002bc3dcc7ca4ab6efad7ed4ae5",
    sha256: "076a27c79e5ace2a3d47f9dd2e83e4ff6ea8872b3c2218f66c92b89b55f36560",
    blake3: "bfa6121552003fe68f6c0727a5b39d380a891397b05494901f86446039c56c24",
  },
  {
    sizeBytes: 4096,
    md5: "620f0b67a91f7f74151bc5be745b7110",
    sha1: "1ceaf73df40e531df3bfb26b4fb7cd95fb7bff1d",
    sha256: "ad7facb2586fc6e966c004d7d1d16b024f5805ff7cb47c7a85dabd8b48892ca7",
    blake3: "b6fb73fc46938c981e2b0b4b1ef282adcfc89854d01bfe3972fdc4785b41b2c7",
  },
  {
    sizeBytes: 65536,
    md5: "fcd6bcb56c1689fcef28b57c22475bad",
    sha1: "1adc95bebe9eea8c112d40cd04ab7a8d75c4f961",
    sha256: "de2f256064a0af797747c2b97505dc0b9f3df0de4f489eac731c23ae9ca9cc31",
    blake3: "3bdeaf8f8e98780b318106aafdc3ca257f73df123d97b69112b26044c91a7d56",
  },
  {
    sizeBytes: 1048576,
    md5: "b6d81b360a5672d80c27430f39153e2c",
    sha1: "3b71f43ff30f4b15b5cd85dd9e95ebc7e84eb5a3",
    sha256: "30e14955ebf1352266dc2ff8067e68104607e750abb9d3b36582b8af909fcb58",
    blake3: "488de202f73bd976de4e7048f4e1f39a776d86d582b7348ff53bf432b987fca8",
  },
];
