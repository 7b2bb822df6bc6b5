namespace CloudNative.Local.Resources;

/// <summary>A Component resource as daprd sees it after secrets and templates were put in. Metadata names ignore case.</summary>
public sealed record Component(
    string Name,
    string Type,
    string Version,
    IReadOnlyDictionary<string, string> Metadata,
    IReadOnlyList<string> Scopes,
    bool IgnoreErrors,
    string SourceFile);

/// <summary>
/// Where a component lives. <paramref name="ResolvePath"/> makes a path of its metadata absolute: relative to the app's folder,
/// and moved along with --data where it lies inside the run file's .local.
/// </summary>
public sealed record ComponentContext(string AppId, Func<string, string> ResolvePath, TimeProvider Time, ILoggerFactory Loggers)
{
    /// <summary>A component type that the parallel broker stands for, in replays of recordings only; null: none.</summary>
    public string? ParallelBrokerType { get; init; }
}

/// <summary>A component could not be made from its resource; the message names the key and what to do.</summary>
public sealed class ComponentInitException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>A component's refusal of one call; the text is what daprd's component would say, and ends in the API's error message.</summary>
public class ComponentException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>False: the same call would be refused again, so that no retry policy repeats it.</summary>
    public virtual bool IsRepeatable => true;
}
