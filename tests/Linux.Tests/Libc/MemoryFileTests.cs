using System.Text;
using Phyllome.Seats.Linux.Libc;
using Xunit;

namespace Phyllome.Seats.Linux.Tests.Libc;

public sealed class MemoryFileTests
{
    [Fact]
    public void What_was_written_last_should_be_read_by_who_comes_after()
    {
        var file = MemoryFile.Create("test");
        using (file.Descriptor)
        {
            Assert.Empty(file.Read());
            foreach (var document in new[] { "the first, a longer one", "the second", "" })
            {
                file.Write(Encoding.UTF8.GetBytes(document));
                Assert.Equal(document, Encoding.UTF8.GetString(new MemoryFile(file.Descriptor).Read()));
            }
        }
    }

    [Fact]
    public void A_writer_that_was_killed_in_the_middle_should_leave_the_document_before()
    {
        var file = MemoryFile.Create("test");
        using (file.Descriptor)
        {
            file.Write("whole"u8);
            var before = File.ReadAllBytes($"/proc/self/fd/{file.Descriptor.Number}")[..8];
            file.Write("half done"u8);
            using (var raw = File.OpenWrite($"/proc/self/fd/{file.Descriptor.Number}"))
                raw.Write(before);
            var after = new MemoryFile(file.Descriptor);
            Assert.Equal("whole"u8, after.Read());
            after.Write("done"u8);
            Assert.Equal("done"u8, file.Read());
        }
    }

    [Fact]
    public void What_is_no_such_file_should_read_as_empty_or_fail_in_words()
    {
        var (read, write) = FileDescriptor.Pipe(nonBlocking: true);
        using (read)
        using (write)
            Assert.Equal("could not read a memory file", Assert.Throws<LinuxException>(() => new MemoryFile(read)).Message.Split(':')[0]);
    }
}
