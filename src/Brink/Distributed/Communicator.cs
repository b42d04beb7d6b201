using System.Globalization;
using System.Text;
using Brink.Kernels;
using Brink.Native;

namespace Brink.Distributed;

/// <summary>The processes that one <c>mpirun</c> of Open MPI started: rank 0, which leads, and the others, which compute for it.</summary>
/// <remarks>MPI knows one world in a process, which begins once and ends once. Calls are made by one thread at a time.</remarks>
public sealed class Communicator
{
    // Elements in one call, whose counts are 32 bits wide.
    private const long Most = 1L << 30;

    private Communicator(int rank, int size, string library) => (Rank, Size, Library) = (rank, size, library);

    /// <summary>A process alone: it is its own rank 0, and sends nothing.</summary>
    public static Communicator Alone { get; } = new(0, 1, "none");

    /// <summary>The processes of this one's world; null before <see cref="TryJoin"/>, and where it is alone.</summary>
    public static Communicator? World { get; private set; }

    /// <summary>Number of this process, from 0.</summary>
    public int Rank { get; }

    /// <summary>Number of processes.</summary>
    public int Size { get; }

    /// <summary>Name and version of the MPI library.</summary>
    public string Library { get; }

    /// <summary>True if rank 0 failed within an order: the others wait for its end, and can only be aborted.</summary>
    public bool IsBroken { get; internal set; }

    /// <summary>Joins the others; null where the process was not started by mpirun, or is alone.</summary>
    /// <exception cref="PlatformNotSupportedException">The MPI that started the process is not Open MPI, or it cannot be
    /// loaded.</exception>
    public static Communicator? TryJoin()
    {
        if (World is not null) return World;
        if (Count("OMPI_COMM_WORLD_SIZE") is not { } size)
        {
            return Count("PMI_SIZE") > 1
                ? throw new PlatformNotSupportedException(
                    "this process was started by the mpirun of MPICH, or by srun with its interface: Brink needs Open MPI"
                        + " (Debian: openmpi-bin), with 'mpirun -n N brink run ...'")
                : null;
        }
        if (size < 2) return null;
        OpenMpi.Begin();
        OpenMpi.Check(OpenMpi.Rank(OpenMpi.World, out var rank), "MPI_Comm_rank");
        OpenMpi.Check(OpenMpi.Size(OpenMpi.World, out size), "MPI_Comm_size");
        return World = new(rank, size, OpenMpi.Version());
    }

    /// <summary>Ends the world of MPI in this process: every process does so, and then makes no further call.</summary>
    public static void Leave()
    {
        World = null;
        OpenMpi.Check(OpenMpi.End(), "MPI_Finalize");
    }

    /// <summary>Ends all processes at once: one of them cannot continue.</summary>
    public static void Abort(int code) => _ = OpenMpi.Abort(OpenMpi.World, code);

    /// <summary>Sends a text from rank 0 to all.</summary>
    /// <param name="text">The text; ignored on other ranks.</param>
    public string Broadcast(string? text)
    {
        var bytes = Rank == 0 ? Encoding.UTF8.GetBytes(text!) : [];
        var length = (int)Broadcast([bytes.Length])[0];
        if (Rank != 0) bytes = new byte[length];
        Bytes(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Sends whole numbers from rank 0 to all.</summary>
    /// <param name="numbers">The numbers; on other ranks as many of any value, which they replace.</param>
    internal long[] Broadcast(long[] numbers)
    {
        var bytes = new byte[numbers.Length * sizeof(long)];
        Buffer.BlockCopy(numbers, 0, bytes, 0, bytes.Length);
        Bytes(bytes);
        Buffer.BlockCopy(bytes, 0, numbers, 0, bytes.Length);
        return numbers;
    }

    /// <summary>Sends a tensor from rank 0 to all.</summary>
    /// <param name="tensor">A contiguous tensor; on other ranks one of the same shape, which it fills.</param>
    internal void Broadcast(Tensor tensor) => InParts(
        tensor, (at, count, type) => OpenMpi.Check(OpenMpi.Broadcast(at, count, type, 0, OpenMpi.World), "MPI_Bcast"));

    /// <summary>Adds the tensors of all processes into that of rank 0; those of the others stay as they are.</summary>
    internal void Reduce(Tensor tensor)
    {
        const int inPlace = 1;   // MPI_IN_PLACE
        InParts(tensor, (at, count, type) => OpenMpi.Check(
            OpenMpi.Reduce(Rank == 0 ? inPlace : at, Rank == 0 ? at : 0, count, type, OpenMpi.Sum, 0, OpenMpi.World), "MPI_Reduce"));
    }

    /// <summary>Sends a tensor to one process.</summary>
    internal void Send(Tensor tensor, int to) => InParts(
        tensor, (at, count, type) => OpenMpi.Check(OpenMpi.Send(at, count, type, to, 0, OpenMpi.World), "MPI_Send"));

    /// <summary>Receives a tensor from one process.</summary>
    /// <param name="tensor">A contiguous tensor of the shape that is sent, which it fills.</param>
    /// <param name="from">Rank of the process.</param>
    internal void Receive(Tensor tensor, int from) => InParts(
        tensor, (at, count, type) => OpenMpi.Check(OpenMpi.Receive(at, count, type, from, 0, OpenMpi.World, 0), "MPI_Recv"));

    private static int? Count(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : null;

    private unsafe void Bytes(byte[] bytes)
    {
        if (Size == 1) return;
        fixed (byte* at = bytes)
            OpenMpi.Check(OpenMpi.Broadcast((nint)at, bytes.Length, OpenMpi.Types.Bytes, 0, OpenMpi.World), "MPI_Bcast");
    }

    private void InParts(Tensor tensor, Action<nint, int, nint> call)
    {
        if (Size == 1) return;
        var type = tensor.dtype == ScalarType.Float64 ? OpenMpi.Types.Doubles : OpenMpi.Types.Singles;
        var address = TensorMemory.Address(tensor);
        for (var start = 0L; start < tensor.numel(); start += Most)
            call(address + (nint)(start * tensor.ElementSize), (int)Math.Min(Most, tensor.numel() - start), type);
    }
}
