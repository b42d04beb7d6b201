using System.Runtime.InteropServices;

namespace Brink.Native;

/// <summary>The functions of Open MPI that Brink calls: those of its C interface, whose handles are addresses of objects in the
/// library.</summary>
/// <remarks>The interface of MPICH has other handles.</remarks>
internal static partial class OpenMpi
{
    private const string Library = "libmpi.so.40";   // Open MPI 2 to 5

    private static readonly string[] OthersOf = ["libmpich.so.12", "libmpi.so.12"];

    // MPI_THREAD_SERIALIZED: several threads may call, one at a time.
    private const int Serialized = 2;

    private static nint _library;

    /// <summary>MPI_COMM_WORLD.</summary>
    public static nint World { get; private set; }

    /// <summary>MPI_SUM.</summary>
    public static nint Sum { get; private set; }

    /// <summary>MPI_BYTE, MPI_FLOAT and MPI_DOUBLE.</summary>
    public static (nint Bytes, nint Singles, nint Doubles) Types { get; private set; }

    /// <summary>Loads the library and begins.</summary>
    /// <exception cref="PlatformNotSupportedException">Open MPI is not there, or does not begin.</exception>
    public static void Begin()
    {
        if (!NativeLibrary.TryLoad(Library, out _library))
        {
            var other = Array.Find(OthersOf, name => NativeLibrary.TryLoad(name, out _));
            throw new PlatformNotSupportedException(
                $"{Library} cannot be loaded{(other is null ? "" : $", but {other} of MPICH can")}: Brink needs Open MPI 2 or later"
                    + " (Debian: openmpi-bin)");
        }
        World = NativeLibrary.GetExport(_library, "ompi_mpi_comm_world");
        Sum = NativeLibrary.GetExport(_library, "ompi_mpi_op_sum");
        Types = (
            NativeLibrary.GetExport(_library, "ompi_mpi_byte"),
            NativeLibrary.GetExport(_library, "ompi_mpi_float"),
            NativeLibrary.GetExport(_library, "ompi_mpi_double"));
        Check(InitThread(0, 0, Serialized, out var provided), "MPI_Init_thread");
        if (provided < Serialized)
            throw new PlatformNotSupportedException("this Open MPI was built without threads: no MPI_THREAD_SERIALIZED");
    }

    /// <summary>Name and version of the library, one line.</summary>
    public static string Version()
    {
        var text = new byte[8192];   // MPI_MAX_LIBRARY_VERSION_STRING is 256 in Open MPI, and 8192 in others
        Check(GetLibraryVersion(text, out var length), "MPI_Get_library_version");
        return System.Text.Encoding.UTF8.GetString(text, 0, length).TrimEnd('\0').Split(',')[0];
    }

    /// <summary>Throws if a call failed.</summary>
    public static void Check(int code, string call)
    {
        if (code != 0) throw new InvalidOperationException($"{call} failed with code {code}");
    }

    [LibraryImport(Library, EntryPoint = "MPI_Comm_rank")]
    public static partial int Rank(nint communicator, out int rank);

    [LibraryImport(Library, EntryPoint = "MPI_Comm_size")]
    public static partial int Size(nint communicator, out int size);

    [LibraryImport(Library, EntryPoint = "MPI_Bcast")]
    public static partial int Broadcast(nint buffer, int count, nint type, int root, nint communicator);

    [LibraryImport(Library, EntryPoint = "MPI_Reduce")]
    public static partial int Reduce(nint from, nint to, int count, nint type, nint operation, int root, nint communicator);

    [LibraryImport(Library, EntryPoint = "MPI_Send")]
    public static partial int Send(nint buffer, int count, nint type, int to, int tag, nint communicator);

    [LibraryImport(Library, EntryPoint = "MPI_Recv")]
    public static partial int Receive(nint buffer, int count, nint type, int from, int tag, nint communicator, nint status);

    [LibraryImport(Library, EntryPoint = "MPI_Abort")]
    public static partial int Abort(nint communicator, int code);

    [LibraryImport(Library, EntryPoint = "MPI_Finalize")]
    public static partial int End();

    [LibraryImport(Library, EntryPoint = "MPI_Init_thread")]
    private static partial int InitThread(nint count, nint values, int required, out int provided);

    [LibraryImport(Library, EntryPoint = "MPI_Get_library_version")]
    private static partial int GetLibraryVersion(byte[] version, out int length);
}
