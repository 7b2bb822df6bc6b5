using System.Globalization;
using CloudNative.Local.Apps;

namespace CloudNative.Local.Sidecars.Peers;

/// <summary>
/// How sidecars that run as processes of their own find each other on one machine, where daprd asks mDNS: each writes where it takes invocations into
/// a file of its own in a folder they share. What a killed one left behind is passed over.
/// </summary>
internal sealed class PeerFolder(string folder)
{
    // Go on with what was known last: a sidecar that is gone is a refused connection then, as under mDNS with its cache.
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, int> lastKnown = new(StringComparer.Ordinal);

    /// <summary>In the system's temporary folder, one for each user.</summary>
    public static string Default => Path.Combine(Path.GetTempPath(), $"cloudnative-local-peers-{Environment.UserName}");

    /// <summary>Others find this app until the result is disposed.</summary>
    public IDisposable Register(string appId, int internalPort)
    {
        var mine = Directory.CreateDirectory(FolderOf(appId)).FullName;
        var self = ProcessIdentity.Current;
        var file = Path.Combine(mine, self.Pid.ToString(CultureInfo.InvariantCulture));
        File.WriteAllText(file + ".new", string.Create(CultureInfo.InvariantCulture, $"{self.Pid} {self.StartedAt.UtcTicks} {internalPort}"));
        File.Move(file + ".new", file, overwrite: true);
        return new Registration(file);
    }

    /// <summary>Where the app's sidecar takes invocations; null where nobody of that id was ever seen.</summary>
    public int? Find(string appId)
    {
        if (Living(appId) is { } port)
            lastKnown[appId] = port;
        return lastKnown.TryGetValue(appId, out var known) ? known : null;
    }

    private int? Living(string appId)
    {
        var theirs = new DirectoryInfo(FolderOf(appId));
        if (!theirs.Exists)
            return null;
        foreach (var file in theirs.EnumerateFiles().Where(file => file.Extension.Length == 0).OrderByDescending(file => file.LastWriteTimeUtc))
        {
            if (Read(file.FullName) is var (process, port) && process.IsRunning)
                return port;
        }
        return null;
    }

    private static (ProcessIdentity Process, int Port)? Read(string file)
    {
        try
        {
            return File.ReadAllText(file).Split(' ') is [var pid, var started, var port]
                ? (new ProcessIdentity(Number(pid), new DateTimeOffset(long.Parse(started, CultureInfo.InvariantCulture), TimeSpan.Zero)), Number(port))
                : null;
        }
        catch (Exception gone) when (gone is IOException or FormatException)
        {
            // It ended between the look at the folder and at the file.
            return null;
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private string FolderOf(string appId) => Path.Combine(folder, "app-" + Uri.EscapeDataString(appId));

    private sealed class Registration(string file) : IDisposable
    {
        public void Dispose() => File.Delete(file);
    }
}
