using System.Text;
using CloudNative.Local.Json;
using CloudNative.Local.Resources;

namespace CloudNative.Local.Bindings;

/// <summary>bindings.localstorage: objects as files below a folder. What create answered is on the disk.</summary>
internal sealed class LocalStorageBinding(LocalStoragePath paths) : IOutputBinding
{
    private const string FileNameKey = "fileName";

    private static readonly Dictionary<string, string> NoMetadata = [];
    private static readonly string[] ForbiddenRoots = ["/proc", "/sys", "/boot", "/var/run/secrets"];

    public IReadOnlyList<string> Operations { get; } = ["create", "get", "list", "delete"];

    /// <exception cref="ComponentInitException">rootPath is missing, of the system's, or cannot be made.</exception>
    public static LocalStorageBinding Create(Component component, ComponentContext context)
    {
        var settings = new ComponentSettings(component);
        var root = CanonicalPath.Of(context.ResolvePath(settings.Required("rootPath", "../../.local/bucket"))).TrimEnd(Path.DirectorySeparatorChar);
        if (root.Length == 0 || ForbiddenRoots.Any(forbidden => (root + "/").StartsWith(forbidden + "/", StringComparison.Ordinal)))
            throw settings.Refused("rootPath", $"'{root}/' belongs to the system", "name a folder of your own");
        try
        {
            DurableFile.CreateFolder(root);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw settings.Refused("rootPath", $"'{root}' cannot be made: {FileFailure.Reason(failure)}", "name a folder that this program may write", failure);
        }
        return new LocalStorageBinding(new LocalStoragePath(root));
    }

    public async ValueTask<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        var name = request.Metadata.GetValueOrDefault(FileNameKey, "");
        return request.Operation switch
        {
            "create" => Create(paths.Absolute(name.Length > 0 ? name : Guid.NewGuid().ToString()), request.Data),
            "get" => await GetAsync(paths.Absolute(name), cancellationToken),
            "list" => List(paths.Absolute(name)),
            "delete" => Delete(paths.Absolute(name)),
            _ => throw new ComponentException($"unsupported operation {request.Operation}"),
        };
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private BindingResponse Create(string path, ReadOnlyMemory<byte> data)
    {
        // The root itself may be gone: a delete without a name removes it.
        var folder = path == paths.Root ? path : Path.GetDirectoryName(path)!;
        if (paths.FileAbove(path) is { } file)
            throw new ComponentException($"error creating directory {folder}: mkdir {file}: not a directory");
        if (Directory.Exists(path))
            throw new ComponentException($"error creating file {path}: open {path}: is a directory");
        try
        {
            DurableFile.CreateFolder(folder);
            DurableFile.Write(path, GoUnquote.Decode(data).Span);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ComponentException($"error creating file {path}: open {path}: {FileFailure.Reason(failure)}", failure);
        }
        byte[] answer = [.. "{\"fileName\":"u8, .. Quoted(paths.Relative(path)), (byte)'}'];
        return new BindingResponse(answer, NoMetadata);
    }

    private async ValueTask<BindingResponse> GetAsync(string path, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path))
            throw new ComponentException($"error reading file {path}: read {path}: is a directory");
        if (paths.FileAbove(path) is not null)
            throw new ComponentException($"error opening path {path}: open {path}: not a directory");
        try
        {
            return new BindingResponse(await File.ReadAllBytesAsync(path, cancellationToken), NoMetadata);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ComponentException($"file not found: {path}", missing);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ComponentException($"error opening path {path}: open {path}: {FileFailure.Reason(failure)}", failure);
        }
    }

    private BindingResponse List(string path)
    {
        if (paths.FileAbove(path) is not null)
            throw new ComponentException($"error getting stats for path {path}: stat {path}: not a directory");
        if (File.Exists(path))
            throw new ComponentException($"unable to list files as the file specified is not a directory: {path}");
        if (!Directory.Exists(path))
            throw new ComponentException($"error getting stats for path {path}: stat {path}: no such file or directory");
        var files = new List<byte>();
        foreach (var file in FilesBelow(new DirectoryInfo(path)))
        {
            files.Add((byte)(files.Count == 0 ? '[' : ','));
            files.AddRange(Quoted(file));
        }
        return new BindingResponse(files.Count == 0 ? "null"u8.ToArray() : [.. files, (byte)']'], NoMetadata);
    }

    private BindingResponse? Delete(string path)
    {
        try
        {
            if (Directory.Exists(path))
                Directory.Delete(path);
            else if (File.Exists(path))
                File.Delete(path);
            else
                throw Undeletable(path, paths.FileAbove(path) is null ? "no such file or directory" : "not a directory");
            DurableFile.FlushFolder(Path.GetDirectoryName(path)!);
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Undeletable(path, Directory.Exists(path) ? "directory not empty" : FileFailure.Reason(failure), failure);
        }
    }

    private static ComponentException Undeletable(string path, string reason, Exception? cause = null) =>
        new($"error deleting file {path}: remove {path}: {reason}", cause);

    /// <summary>In the order of a walk that sorts each folder by name; links are listed, not followed.</summary>
    private static IEnumerable<string> FilesBelow(DirectoryInfo folder)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            if (entry is DirectoryInfo { LinkTarget: null } below)
            {
                foreach (var file in FilesBelow(below))
                    yield return file;
            }
            else if (!DurableFile.IsTemporary(entry.Name))
            {
                yield return entry.FullName;
            }
        }
    }

    private static byte[] Quoted(string text) => GoJson.Quote(Encoding.UTF8.GetBytes(text));
}
