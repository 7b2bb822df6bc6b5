namespace CloudNative.EventStream;

/// <summary>A folder of its own for each test, removed with it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("event-stream-");

    public string DatabaseFile => Path.Combine(folder.FullName, "events.db");

    public void Dispose() => folder.Delete(recursive: true);
}
