using CloudNative.Local.RunFiles;

namespace CloudNative.Local.Apps;

/// <summary>Takes the lines of one app to its file and, with the app's name in front, to the console.</summary>
internal sealed class AppLog : IDisposable
{
    // A log is for looking into what just happened: one older part is kept beside it.
    private const long RotateAtBytes = 16 << 20;

    private readonly Lock gate = new();
    private readonly TextWriter console;
    private readonly StreamWriter? file;
    private readonly string prefix;
    private bool isClosed;

    /// <param name="path">Appended to; the folder is made where it is missing.</param>
    public AppLog(string appId, string path, LogDestination destination, TextWriter console)
    {
        prefix = $"== APP - {appId} == ";
        this.console = destination.HasFlag(LogDestination.Console) ? console : TextWriter.Null;
        if (destination.HasFlag(LogDestination.File))
            file = Open(path);
    }

    public void Write(string line)
    {
        lock (gate)
        {
            if (isClosed)
                return;
            file?.WriteLine(line);
            console.WriteLine(prefix + line);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            isClosed = true;
            file?.Dispose();
        }
    }

    private static StreamWriter Open(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (File.Exists(path) && new FileInfo(path).Length > RotateAtBytes)
            File.Move(path, Path.ChangeExtension(path, ".1.log"), overwrite: true);
        return new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete)) { AutoFlush = true };
    }
}
