using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Brink.Native;

namespace Brink.Kernels;

/// <summary>Runs the shares of a piece of work side by side, on libtorch's own threads where they are OpenMP's of GNU.</summary>
/// <remarks>Threads of OpenMP spin for some milliseconds after their work, waiting for more. Other threads would have to
/// share the cores with them after every operation of libtorch: half of the engine's gain on small networks was lost by that. So
/// the work goes to the threads that wait for it.</remarks>
internal static unsafe class Team
{
    private static readonly delegate* unmanaged<delegate* unmanaged<void*, void>, void*, uint, uint, void> Fork;
    private static readonly delegate* unmanaged<int> ThreadNumber, ThreadCount;

    static Team()
    {
        // libtorch brings its own copy of libgomp: the one that its own operations use is found through it.
        if (!OperatingSystem.IsLinux()
            || !LibtorchFiles.TryLoad("torch_cpu", out var library, out _)
            || !NativeLibrary.TryGetExport(library, "GOMP_parallel", out var fork)
            || !NativeLibrary.TryGetExport(library, "omp_get_thread_num", out var number)
            || !NativeLibrary.TryGetExport(library, "omp_get_num_threads", out var count)) return;
        Fork = (delegate* unmanaged<delegate* unmanaged<void*, void>, void*, uint, uint, void>)fork;
        ThreadNumber = (delegate* unmanaged<int>)number;
        ThreadCount = (delegate* unmanaged<int>)count;
    }

    /// <summary>Calls the action with 0 to count - 1, and returns when all have ended.</summary>
    /// <exception cref="Exception">What the first of the shares threw.</exception>
    public static void Run(int count, Action<int> share)
    {
        if (count == 1)
        {
            share(0);
            return;
        }
        var work = new Work(count, share);
        if (Fork == null)
        {
            Parallel.For(0, count, work.Do);
        }
        else
        {
            var handle = GCHandle.Alloc(work);
            Fork(&Enter, (void*)GCHandle.ToIntPtr(handle), (uint)count, 0);
            handle.Free();
        }
        work.ThrowFirst();
    }

    [UnmanagedCallersOnly]
    private static void Enter(void* handle)
    {
        var work = (Work)GCHandle.FromIntPtr((nint)handle).Target!;
        // OpenMP may give fewer threads than were asked for.
        for (int i = ThreadNumber(), threads = ThreadCount(); i < work.Count; i += threads) work.Do(i);
    }

    private sealed record Work(int Count, Action<int> Share)
    {
        private readonly ExceptionDispatchInfo?[] _failures = new ExceptionDispatchInfo?[Count];

        /// <summary>A share; what it throws is kept, since no exception may cross native frames.</summary>
        public void Do(int i)
        {
            try
            {
                Share(i);
            }
            catch (Exception e)
            {
                _failures[i] = ExceptionDispatchInfo.Capture(e);
            }
        }

        public void ThrowFirst() => _failures.FirstOrDefault(failure => failure is not null)?.Throw();
    }
}
