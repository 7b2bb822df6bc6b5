using System.Globalization;
using CloudNative.Local.Apps;

namespace CloudNative.Local.RunFiles;

/// <summary>The data folder while this process owns it. The lock goes with the process, however that ends.</summary>
public sealed class DataFolder : IDisposable
{
    private const string LockName = "host.lock";
    private const string OwnerName = "host.pid";
    private static readonly HashSet<string> Kept = [LockName, OwnerName, ".gitkeep"];

    private readonly FileStream owned;

    private DataFolder(string path, FileStream owned)
    {
        Path = path;
        this.owned = owned;
    }

    public string Path { get; }

    /// <summary>Creates the folder where it is missing.</summary>
    /// <exception cref="DataFolderInUseException">Another host owns it.</exception>
    public static DataFolder Own(string path)
    {
        Directory.CreateDirectory(path);
        try
        {
            var stream = new FileStream(System.IO.Path.Combine(path, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            // In a file beside it, for the locked one cannot be read by those it keeps out.
            File.WriteAllText(System.IO.Path.Combine(path, OwnerName), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return new DataFolder(path, stream);
        }
        catch (IOException exception)
        {
            throw new DataFolderInUseException(path, Owner(path), exception);
        }
    }

    public string LogFile(string appId) => System.IO.Path.Combine(Path, "logs", appId + ".log");

    /// <summary>Ends the apps of a host that was killed, and says how many that were.</summary>
    public async Task<int> EndLeftBehindAsync(TimeProvider time)
    {
        var left = RunRecord.Read(Path)?.LeftBehind() ?? [];
        await ProcessEnding.EndAsync(left, time);
        return left.Count;
    }

    /// <summary>Deletes everything but the lock and what is under version control.</summary>
    public void Clear()
    {
        foreach (var entry in new DirectoryInfo(Path).EnumerateFileSystemInfos().Where(entry => !Kept.Contains(entry.Name)))
        {
            if (entry is DirectoryInfo { LinkTarget: null } directory)
                directory.Delete(recursive: true);
            else
                entry.Delete();
        }
    }

    public void Dispose() => owned.Dispose();

    private static int? Owner(string path)
    {
        try
        {
            return int.TryParse(File.ReadAllText(System.IO.Path.Combine(path, OwnerName)), CultureInfo.InvariantCulture, out var pid) ? pid : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}

/// <summary>Two hosts on one folder would be two writers of the same files.</summary>
public sealed class DataFolderInUseException(string folder, int? owner, Exception innerException)
    : Exception($"The data folder {folder} belongs to {(owner is { } pid ? $"process {pid}" : "another host")}, which is still running: "
        + "stop that one first (command 'stop'), or give this one a folder of its own with --data.", innerException);
