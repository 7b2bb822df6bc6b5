namespace CloudNative.Local.Bindings;

/// <summary>The operating system's words for a failed file operation, as Go passes them on.</summary>
internal static class FileFailure
{
    public static string Reason(Exception failure) => failure switch
    {
        UnauthorizedAccessException => "permission denied",
        PathTooLongException => "file name too long",
        FileNotFoundException or DirectoryNotFoundException => "no such file or directory",
        IOException when failure.HResult == 28 => "no space left on device",
        IOException when failure.HResult == 30 => "read-only file system",
        _ => "input/output error",
    };
}
