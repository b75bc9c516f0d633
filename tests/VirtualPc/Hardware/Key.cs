namespace Phyllome.Seats.VirtualPc.Hardware;

/// <summary>A key of a keyboard: the kernel's name without KEY_, its evdev code, and QEMU's name.</summary>
public sealed record Key(string Name, int Code, string QemuName)
{
    const string Table = """
        esc 1 esc|1 2 1|2 3 2|3 4 3|4 5 4|5 6 5|6 7 6|7 8 7|8 9 8|9 10 9|0 11 0|minus 12 minus|equal 13 equal|backspace 14 backspace
        tab 15 tab|q 16 q|w 17 w|e 18 e|r 19 r|t 20 t|y 21 y|u 22 u|i 23 i|o 24 o|p 25 p|leftbrace 26 bracket_left|rightbrace 27 bracket_right
        enter 28 ret|leftctrl 29 ctrl|a 30 a|s 31 s|d 32 d|f 33 f|g 34 g|h 35 h|j 36 j|k 37 k|l 38 l|semicolon 39 semicolon
        apostrophe 40 apostrophe|grave 41 grave_accent|leftshift 42 shift|backslash 43 backslash|z 44 z|x 45 x|c 46 c|v 47 v|b 48 b|n 49 n
        m 50 m|comma 51 comma|dot 52 dot|slash 53 slash|rightshift 54 shift_r|kpasterisk 55 kp_multiply|leftalt 56 alt|space 57 spc
        capslock 58 caps_lock|f1 59 f1|f2 60 f2|f3 61 f3|f4 62 f4|f5 63 f5|f6 64 f6|f7 65 f7|f8 66 f8|f9 67 f9|f10 68 f10|numlock 69 num_lock
        scrolllock 70 scroll_lock|kp7 71 kp_7|kp8 72 kp_8|kp9 73 kp_9|kpminus 74 kp_subtract|kp4 75 kp_4|kp5 76 kp_5|kp6 77 kp_6
        kpplus 78 kp_add|kp1 79 kp_1|kp2 80 kp_2|kp3 81 kp_3|kp0 82 kp_0|kpdot 83 kp_decimal|102nd 86 less|f11 87 f11|f12 88 f12
        kpenter 96 kp_enter|rightctrl 97 ctrl_r|kpslash 98 kp_divide|sysrq 99 print|rightalt 100 alt_r|home 102 home|up 103 up
        pageup 104 pgup|left 105 left|right 106 right|end 107 end|down 108 down|pagedown 109 pgdn|insert 110 insert|delete 111 delete
        pause 119 pause|leftmeta 125 meta_l|rightmeta 126 meta_r|compose 127 menu
        """;

    static readonly Dictionary<string, Key> ByName = Table.Split(['|', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(row => row.Split(' ')).Select(row => new Key(row[0], int.Parse(row[1], System.Globalization.CultureInfo.InvariantCulture), row[2]))
        .ToDictionary(key => key.Name);

    static readonly Dictionary<int, Key> ByCode = ByName.Values.ToDictionary(key => key.Code);

    /// <summary>By the kernel's name, with or without KEY_, in any case.</summary>
    public static Key Named(string name)
    {
        var bare = name.StartsWith("KEY_", StringComparison.OrdinalIgnoreCase) ? name[4..] : name;
#pragma warning disable CA1308 // the names of this table are in lower case, as in seats.toml
        return ByName.TryGetValue(bare.ToLowerInvariant(), out var key) ? key
            : throw new PcException($"The virtual PC's keyboards have no key '{name}'. Use a kernel name such as a, leftctrl or f1.");
#pragma warning restore CA1308
    }

    public static Key WithCode(int code) => ByCode.TryGetValue(code, out var key) ? key
        : throw new PcException($"The virtual PC's keyboards have no key with the evdev code {code}.");

    /// <summary>The keys that type one character on a US keyboard, Shift first where it is needed.</summary>
    public static IReadOnlyList<Key> For(char character)
    {
        const string plain = "`1234567890-=[]\\;',./ \n\t", shifted = "~!@#$%^&*()_+{}|:\"<>?";
        string[] names =
        [
            "grave", "1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "minus", "equal", "leftbrace", "rightbrace", "backslash",
            "semicolon", "apostrophe", "comma", "dot", "slash", "space", "enter", "tab",
        ];
        if (char.IsAsciiLetterLower(character)) return [Named(character.ToString())];
        if (char.IsAsciiLetterUpper(character)) return [Named("leftshift"), Named(character.ToString())];
        if (plain.IndexOf(character, StringComparison.Ordinal) is >= 0 and var at) return [Named(names[at])];
        if (shifted.IndexOf(character, StringComparison.Ordinal) is >= 0 and var above) return [Named("leftshift"), Named(names[above])];
        throw new PcException($"No key of a US keyboard types '{character}'.");
    }
}
