using CloudNative.Local.Resources;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CloudNative.Local.Tests.State;

/// <summary>An empty folder, gone after the test, and components whose paths are relative to it.</summary>
public sealed class AFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("component-").FullName;

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, 250, TimeSpan.Zero));

    public ComponentContext Context => new("things-bff", path => System.IO.Path.GetFullPath(path, Path), Time, NullLoggerFactory.Instance);

    public static Component Component(string type, params (string Key, string Value)[] metadata) =>
        new("x", type, "v1", metadata.ToDictionary(m => m.Key, m => m.Value, StringComparer.OrdinalIgnoreCase), [], false, "00.yaml");

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
