using System.Runtime.InteropServices;

namespace CloudNative.Local.Bindings;

/// <summary>Files that are on the disk, under their name and whole, when a call returns.</summary>
internal static class DurableFile
{
    private const string TemporaryPrefix = ".writing-";

    /// <summary>Left behind by a crash, or being written just now: never content.</summary>
    public static bool IsTemporary(string name) =>
        name.StartsWith(TemporaryPrefix, StringComparison.Ordinal) && Guid.TryParse(name[TemporaryPrefix.Length..], out _);

    /// <summary>Writes beside the target, flushes, renames, flushes the folder: a reader sees the old content or the new.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var folder = Path.GetDirectoryName(path)!;
        var temporary = Path.Combine(folder, TemporaryPrefix + Guid.NewGuid());
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
        FlushFolder(folder);
    }

    /// <summary>Makes the folder and what is missing above it, each flushed into its parent.</summary>
    public static void CreateFolder(string path)
    {
        if (Directory.Exists(path))
            return;
        var parent = Path.GetDirectoryName(path)!;
        CreateFolder(parent);
        Directory.CreateDirectory(path);
        FlushFolder(parent);
    }

    /// <summary>A name is durable only once the folder that holds it is; Windows keeps names in a journal of its own.</summary>
    public static void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        var folder = open(path, 0);
        var failed = folder < 0 || fsync(folder) != 0;
        var error = Marshal.GetLastPInvokeError();
        if (folder >= 0)
            _ = close(folder);
        if (failed)
            throw new IOException($"The folder could not be flushed to disk: {Marshal.GetPInvokeErrorMessage(error)}");
    }

#pragma warning disable IDE1006, CA5392, SYSLIB1054 // The C library's own names; it is not searched for anywhere, and the generator would need unsafe code.
    [DllImport("libc", SetLastError = true, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int fsync(int file);

    [DllImport("libc", SetLastError = true)]
    private static extern int close(int file);
#pragma warning restore IDE1006, CA5392, SYSLIB1054
}
