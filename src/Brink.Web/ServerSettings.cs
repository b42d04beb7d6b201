using System.Net;

namespace Brink.Web;

/// <summary>What a server serves, and to whom.</summary>
/// <param name="Root">Folder of the runs.</param>
public sealed record ServerSettings(string Root)
{
    /// <summary>The port unless another one is chosen.</summary>
    public const int UsualPort = 6410;

    /// <summary>Port; if a program uses it, the next free one is taken. 0 for any free port.</summary>
    public int Port { get; init; } = UsualPort;

    /// <summary>Address to listen on.</summary>
    public IPAddress Host { get; init; } = IPAddress.Loopback;

    /// <summary>Secret that every request must have; null for none, which only an address of this machine allows.</summary>
    public string? Token { get; init; }
}
