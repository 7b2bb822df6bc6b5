namespace CloudNative.BuildingBlocks.Hosting;

/// <summary>
/// Something outside this process did not answer as it does when it is well (an external API, a bucket, a search engine).
/// A listener has the event delivered again for as long as it takes; a request is answered 503.
/// </summary>
public class DependencyUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);
