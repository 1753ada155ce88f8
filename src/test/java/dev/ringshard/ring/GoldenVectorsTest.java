package dev.ringshard.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The built-in hash functions against numbers that other programs printed. A change of any of them would make every
 * stored row unreachable.
 *
 * <ul>
 *   <li>md5: the test suite of RFC 1321, section A.5; all else by coreutils 9.1, {@code printf %s KEY | md5sum}
 *   <li>murmur3: the Python package mmh3 5.3.0 (Appleby's C++ code), {@code python3 -c 'import mmh3;
 *       print(mmh3.hash64("KEY", seed=0, x64arch=True, signed=True)[0])'}
 *   <li>xxh3: Debian's xxhash 0.8.1 (the author's own program), {@code printf %s KEY | xxhsum -H3}
 * </ul>
 *
 * <p>Keys by length are the first N characters of 01234567890123456789…: {@code yes 0123456789 | tr -d '\n' | head -c N}.
 * The lengths stand on both sides of each limit at which xxh3 (16, 128, 240 and blocks of 1024), murmur3 (16) and md5
 * (64) go another way.
 */
class GoldenVectorsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            '' | d41d8cd98f00b204e9800998ecf8427e
            a | 0cc175b9c0f1b6a831c399e269772661
            abc | 900150983cd24fb0d6963f7d28e17f72
            message digest | f96b697d7cb7938d525a2f31aaf161d0
            abcdefghijklmnopqrstuvwxyz | c3fcd3d76192e4007dfb496cca67e13b
            ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 | d174ab98d277d9f5a5611c2c9f419d9f
            12345678901234567890123456789012345678901234567890123456789012345678901234567890 | 57edf4a22be3c955ac49da2e2107b67a
            """)
    void md5_is_the_first_half_of_the_digests_in_rfc_1321(String text, String digest) {
        assertThat(bytesToken(KeyHashes.MD5, text)).isEqualTo(firstHalf(digest));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            a | 0cc175b9c0f1b6a831c399e269772661 | -8839064797231613815 | e6c632b61e964e1f
            abc | 900150983cd24fb0d6963f7d28e17f72 | -5434086359492102041 | 78af5f94892f3950
            c-1001 | 94963022a69de0bbb3f2ca3b308a1a40 | -8694029312983416907 | d504b7471659cb6c
            eu-1#0 | 8736175521eacdb87b7b4b01a3f0fb81 | -3925772440564066225 | a488e0f208b47d88
            customer:00042@example.com | 1aae249b9a606f9b385360a68caa2df3 | -1550718695099207320 | 3cff1969433b45d5
            Zoë | fb44af73417cf03c023d098e7f07c114 | 6017652914466194928 | 44e16385af55d1be
            Ολυμπία | c1ae01da2f2d058e020248206d5644de | -9208148540971435696 | 23c0dbdd19a0a469
            顧客-7 | 453a3fe027445eea89e4d82de5330da9 | 2784555010107281315 | 9e42355d9bdb6375
            🏦🔑 | 01c1dd8be2346bbee8a4fac89c4de4a2 | 2360326477049499319 | 21519173f64b0365
            naïve ключ 鍵 🗝 | 5a9a4ecab1acbf9a4cc376ee56d35c84 | -6156770681490562378 | 5cfdacd7c61ca92a
            """)
    void keys_have_the_tokens_that_other_programs_print(String key, String md5, long murmur3, String xxh3) {
        assertThat(KeyHashes.MD5.token(key)).as("md5").isEqualTo(firstHalf(md5));
        assertThat(KeyHashes.MURMUR3.token(key)).as("murmur3").isEqualTo(murmur3);
        assertThat(KeyHashes.XXH3.token(key)).as("xxh3").isEqualTo(Long.parseUnsignedLong(xxh3, 16));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0 | d41d8cd98f00b204e9800998ecf8427e | 0 | 2d06800538d394c2
            1 | cfcd208495d565ef66e7dff9f98764da | 3083240331115144064 | 1982e3a7bb241055
            3 | d2490f048dc3b77a457e3e450ab4eb38 | -3573335766539617317 | 8ed2b2f360965d90
            4 | eb62f6b9306db575c2d596b1279627a4 | 1122932861426696788 | 8aa92da18edb594b
            8 | 2e9ec317e197819358fbc43afca7d837 | -9064053233843489459 | 1808e40d6723f646
            9 | 22975d8a5ed1b91445f6c55ac121505b | 5484970180828674234 | 3b5293ce9b5bd7d7
            15 | 78f40ab0050544f9de011de7a4c6ecdb | -6579192003445081693 | 21591a582630ac31
            16 | d927ad81199aa7dcadfdb4e47b6dc694 | -6689751078119097958 | 84abdf53e8a03697
            17 | 6def23346f64e0163d9924f2f40c9cf2 | -4867265143268638648 | 33c12b721fdb9f24
            31 | 274f173711cb1d36f5ce2d4d48ac2350 | 6316204808159299550 | 0dff783d121b4c10
            32 | 298bf0197a05149e366b6bb61835a1c1 | -5747598154096414875 | 02d69c9048aecff4
            33 | cf09b5cb769d068e70d248ac7e013ac9 | 8154291572791342367 | 4e24f7574f8770c4
            64 | 7f7bfd348709deeaace19e3f535f8c54 | -5942815113737329382 | 9d748132bb6ed89e
            65 | beb9f48bc802ca5ca043bcc15e219a5a | -9011481220313393950 | 68b359210642fecb
            96 | b2b23cfd66f6bdd522c47315752d7731 | 8467452612424148634 | d33f092c3cc7d321
            97 | 7c962704271a7a905cbec236de469626 | -6144136559500917222 | 647261208f099ccf
            127 | 21e222f8c8b8ab9030e89a4534a7f5e9 | -4661020660171584477 | e4a0a219d848756e
            128 | 1f7d0dad0e987e87a084268b8aaaf77b | -7270052682334721138 | 2f83c9540ee32c9c
            129 | 6bf03df9b5e44d6d8be380e612f3ac60 | -7118022582723601540 | 629d0d760a7ca820
            160 | 5877d501231c1fcb80cbf3dd6b0b45c7 | 4596301442281021544 | f1c66c6d0b6e0a95
            239 | a04c218d1263e7823d3596f9865e5f8f | -4283588870118386868 | a2b70fca8ead1f78
            240 | e75b573151e854c0d36fd8a40cfba4de | 3368306235520655470 | 73697f089085eabd
            241 | 8cc501eb79fd76386019e5472f592f52 | -6632364337870113867 | 367d0ce95644ade5
            255 | fb24171692e874356da4b69fca364852 | 1219759788062910604 | 93559f132471a15e
            256 | 0382b57633c8190766499b319ce8ecd5 | -8975935639762123587 | fc8ed34e0d6eeed8
            300 | b60b5c6644c049e58f5c485578634c1f | -5162366130061589453 | 05681ea1b2e3086b
            512 | a8b6f21a178e2b0132f48eb419b15bcd | -8586809806033250038 | 2fcef8e30d9c19b7
            1024 | ab7abb0da4bca5323ab6119bb5dcd296 | 4096861907562722587 | f7158a3b78202e84
            1025 | 0f4650cb41d4b8ce81be63378057d85f | 8657319389098463856 | 5133c7904c99fe38
            2000 | 23babbdc9a7852bd6997b185f566e6aa | -8349336412605529708 | bb5c092b45e50578
            """)
    void byte_strings_of_every_length_class_have_the_tokens_that_other_programs_print(
            int length, String md5, long murmur3, String xxh3) {
        String digits = "0123456789".repeat(200).substring(0, length);
        assertThat(bytesToken(KeyHashes.MD5, digits)).as("md5").isEqualTo(firstHalf(md5));
        assertThat(bytesToken(KeyHashes.MURMUR3, digits)).as("murmur3").isEqualTo(murmur3);
        assertThat(bytesToken(KeyHashes.XXH3, digits)).as("xxh3").isEqualTo(Long.parseUnsignedLong(xxh3, 16));
    }

    private static long firstHalf(String digest) {
        return Long.parseUnsignedLong(digest.substring(0, 16), 16);
    }

    /** With rubbish behind the bytes, as in a buffer that is reused. */
    private static long bytesToken(KeyHash hash, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        byte[] buffer = (text + "rubbish").getBytes(StandardCharsets.UTF_8);
        return hash.token(buffer, utf8.length);
    }
}
