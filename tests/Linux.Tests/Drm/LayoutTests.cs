using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Phyllome.Seats.Linux.Drm;
using Xunit;

namespace Phyllome.Seats.Linux.Tests.Drm;

/// <summary>Held against what a C program says of the kernel's headers (<c>tests/data/drm/layout.c</c>).</summary>
public sealed class LayoutTests
{
    private const BindingFlags Internal = BindingFlags.NonPublic | BindingFlags.Static;
    private static readonly Dictionary<string, ulong> Said = File.ReadLines(Path.Combine(Data(), "layout.txt"))
        .Select(line => line.Split(' ')).ToDictionary(words => words[0], words => ulong.Parse(words[1], CultureInfo.InvariantCulture));

    [Fact]
    public void Every_constant_is_that_of_the_headers()
    {
        var constants = typeof(NativeDrm).GetFields(Internal).ToDictionary(
            field => field.Name, field => Convert.ToUInt64(((IConvertible)Plain(field.GetValue(null)!)).ToDecimal(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
        Assert.NotEmpty(constants);
        Assert.All(constants, constant => Assert.Equal(Said[constant.Key], constant.Value));
    }

    [Fact]
    public void Every_structure_is_as_long_as_in_the_headers_and_its_fields_are_where_they_are_there()
    {
        var structures = typeof(NativeDrm).GetNestedTypes(BindingFlags.NonPublic).Where(type => !type.Name.StartsWith('<')).ToList();
        Assert.NotEmpty(structures);
        foreach (var structure in structures)
        {
            Assert.Equal((structure.Name, Said[structure.Name]), (structure.Name, (ulong)Marshal.SizeOf(structure)));
            foreach (var field in structure.GetFields(BindingFlags.Public | BindingFlags.Instance))
            {
                var name = $"{structure.Name}.{field.Name}";
                Assert.Equal((name, Said[name]), (name, (ulong)Marshal.OffsetOf(structure, field.Name)));
            }
        }
    }

    [Theory]
    [InlineData("DRM_MODE_OBJECT_CRTC", (ulong)DrmObjectType.Crtc)]
    [InlineData("DRM_MODE_OBJECT_CONNECTOR", (ulong)DrmObjectType.Connector)]
    [InlineData("DRM_MODE_OBJECT_PLANE", (ulong)DrmObjectType.Plane)]
    [InlineData("DRM_CLIENT_CAP_UNIVERSAL_PLANES", (ulong)DrmClientCapability.UniversalPlanes)]
    [InlineData("DRM_CLIENT_CAP_ATOMIC", (ulong)DrmClientCapability.Atomic)]
    [InlineData("DRM_CAP_DUMB_BUFFER", (ulong)DrmCapability.DumbBuffer)]
    [InlineData("DRM_CAP_PRIME", (ulong)DrmCapability.Prime)]
    [InlineData("DRM_CAP_TIMESTAMP_MONOTONIC", (ulong)DrmCapability.TimestampMonotonic)]
    [InlineData("DRM_CAP_CURSOR_WIDTH", (ulong)DrmCapability.CursorWidth)]
    [InlineData("DRM_CAP_CURSOR_HEIGHT", (ulong)DrmCapability.CursorHeight)]
    [InlineData("DRM_CAP_ADDFB2_MODIFIERS", (ulong)DrmCapability.FramebufferModifiers)]
    [InlineData("DRM_FORMAT_XRGB8888", (ulong)DrmFormat.Xrgb8888)]
    [InlineData("DRM_FORMAT_ARGB8888", (ulong)DrmFormat.Argb8888)]
    [InlineData("DRM_MODE_PAGE_FLIP_EVENT", (ulong)AtomicFlags.PageFlipEvent)]
    [InlineData("DRM_MODE_ATOMIC_TEST_ONLY", (ulong)AtomicFlags.TestOnly)]
    [InlineData("DRM_MODE_ATOMIC_NONBLOCK", (ulong)AtomicFlags.NonBlocking)]
    [InlineData("DRM_MODE_ATOMIC_ALLOW_MODESET", (ulong)AtomicFlags.AllowModeset)]
    public void Every_public_value_is_that_of_the_headers(string name, ulong value) => Assert.Equal(Said[name], value);

    private static object Plain(object value) => value is nuint number ? (ulong)number : value;

    private static string Data()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Phyllome.Seats.sln")))
                return Path.Combine(folder.FullName, "tests", "data", "drm");
        }

        throw new InvalidOperationException($"{AppContext.BaseDirectory} is not inside the repository");
    }
}
