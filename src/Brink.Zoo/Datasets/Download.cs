using System.Net;
using System.Net.Http.Headers;

namespace Brink.Zoo.Datasets;

/// <param name="File">Name of the file.</param>
/// <param name="Bytes">Number of bytes received so far.</param>
/// <param name="Total">Size of the file in bytes; null if the server does not state it.</param>
public sealed record DownloadProgress(string File, long Bytes, long? Total);

/// <summary>Downloads a file by way of FILE.part: the received bytes are kept, and the next call continues from there.</summary>
internal static class Download
{
    /// <exception cref="IOException">The server refuses, the connection breaks, or the checksum is wrong.</exception>
    /// <exception cref="OperationCanceledException">The download was cancelled; the received bytes are kept.</exception>
    public static void Fetch(
        HttpClient client,
        Uri url,
        string md5,
        string file,
        Action<DownloadProgress>? progress,
        CancellationToken cancellation)
    {
        if (File.Exists(file)) return;   // the file gets its name only after its checksum was verified
        var part = file + ".part";
        Transfer(client, url, part, progress, cancellation);
        var found = PublishedFiles.Md5Of(part);
        if (found != md5)
        {
            File.Delete(part);
            throw new IOException(
                $"{url}: the MD5 checksum is {found}, that of the published archive {md5}; the file was deleted: download it again");
        }
        File.Delete(part + ".tag");
        File.Move(part, file);
    }

    private static void Transfer(
        HttpClient client,
        Uri url,
        string part,
        Action<DownloadProgress>? progress,
        CancellationToken cancellation)
    {
        var tag = part + ".tag";   // identifies the version of the partial file
        var received = File.Exists(part) ? new FileInfo(part).Length : 0;
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (received > 0)
        {
            request.Headers.Range = new(received, null);
            if (File.Exists(tag)) request.Headers.TryAddWithoutValidation("If-Range", File.ReadAllText(tag));
        }
        using var response = Answer(client, request, cancellation);
        // The partial file is complete already, or belongs to another version: the checksum decides.
        if (received > 0 && response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable) return;
        if (!response.IsSuccessStatusCode)
        {
            throw new IOException(
                $"{url}: the server answered {(int)response.StatusCode} {response.ReasonPhrase}; "
                    + "check the address, or try again later");
        }
        var isResumed = response.StatusCode == HttpStatusCode.PartialContent
            && response.Content.Headers.ContentRange?.From == received;
        if (!isResumed)
        {
            received = 0;
            File.Delete(tag);
            if (Version(response.Headers, response.Content.Headers) is { } version)
                File.WriteAllText(tag, version);
        }
        using var output = new FileStream(part, isResumed ? FileMode.Append : FileMode.Create);
        // Cancellation does not interrupt a read that waits for the network, so the connection is closed.
        using var cut = cancellation.Register(response.Dispose);
        Copy(response, url, output, received, progress, cancellation);
    }

    private static HttpResponseMessage Answer(
        HttpClient client, HttpRequestMessage request, CancellationToken cancellation)
    {
        try
        {
            return client.Send(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested
            && e is HttpRequestException or OperationCanceledException)
        {
            throw new IOException($"{request.RequestUri}: {e.Message.TrimEnd('.')}; check the address and the connection", e);
        }
    }

    private static void Copy(
        HttpResponseMessage response,
        Uri url,
        FileStream output,
        long received,
        Action<DownloadProgress>? progress,
        CancellationToken cancellation)
    {
        var total = response.Content.Headers.ContentLength + received;
        var name = Path.GetFileName(url.LocalPath);
        var chunk = new byte[1 << 17];
        while (true)
        {
            var read = 0;
            try
            {
                read = response.Content.ReadAsStream(cancellation).Read(chunk);
            }
            catch (Exception e) when (e is IOException or HttpRequestException or ObjectDisposedException)
            {
                cancellation.ThrowIfCancellationRequested();
                throw new IOException(
                    $"{url}: the connection broke after {received:N0} bytes, which are kept;"
                        + $" repeat the command to continue from there ({e.Message})",
                    e);
            }
            if (read == 0) return;
            output.Write(chunk, 0, read);
            received += read;
            progress?.Invoke(new(name, received, total));
        }
    }

    /// <summary>Returns the value of If-Range: a strong entity tag, or else the date.</summary>
    private static string? Version(HttpResponseHeaders headers, HttpContentHeaders content) =>
        headers.ETag is { IsWeak: false } tag ? tag.ToString() : content.LastModified?.ToString("R");
}
