using System.Globalization;

namespace CloudNative.Local.Apps;

/// <summary>Finds who listens on a TCP port. Only Linux tells; elsewhere the answer is always null.</summary>
internal static class ListeningProcess
{
    private const string Listening = "0A";

    public static int? Of(int port) => OperatingSystem.IsLinux() && SocketInodes(port) is { Count: > 0 } inodes ? Owner(inodes) : null;

    /// <summary>Words for a message, null where nothing is known.</summary>
    public static string? Describe(int port) => Of(port) is { } pid ? $"process {pid} ({ProcessIdentity.NameOf(pid) ?? "unknown"})" : null;

    private static readonly string[] SocketTables = ["/proc/net/tcp", "/proc/net/tcp6"];

    private static HashSet<string> SocketInodes(int port)
    {
        var ending = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        return SocketTables
            .Where(File.Exists)
            .SelectMany(table => File.ReadLines(table).Skip(1))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields[1].EndsWith(ending, StringComparison.Ordinal) && fields[3] == Listening)
            .Select(fields => $"socket:[{fields[9]}]")
            .ToHashSet();
    }

    private static int? Owner(HashSet<string> sockets)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && Holds(folder, sockets))
                return pid;
        }
        return null;
    }

    private static bool Holds(string folder, HashSet<string> sockets)
    {
        try
        {
            return Directory.EnumerateFiles(Path.Combine(folder, "fd")).Any(file => new FileInfo(file).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile, or belongs to somebody else.
            return false;
        }
    }
}
