using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Brink.Native;

namespace Brink.Kernels;

/// <summary>Matrix products by the best available library: OpenBLAS if it is installed, otherwise the MKL inside libtorch. Each
/// call runs on the calling thread.</summary>
/// <remarks>Both are called through the Fortran interface of BLAS: arguments by address, matrices by columns.</remarks>
internal sealed unsafe class Blas
{
    /// <summary>BRINK_BLAS=libtorch selects the MKL inside libtorch even if OpenBLAS is installed.</summary>
    private const string Variable = "BRINK_BLAS";

    private readonly delegate* unmanaged<
        byte*, byte*, int*, int*, int*, float*, float*, int*, float*, int*, float*, float*, int*, void> _single;
    private readonly delegate* unmanaged<
        byte*, byte*, int*, int*, int*, double*, double*, int*, double*, int*, double*, double*, int*, void> _double;
    private readonly delegate* unmanaged<int, int> _setLocalThreads;

    private Blas(string name, nint single, nint twice, nint setLocalThreads)
    {
        Name = name;
        _single = (delegate* unmanaged<
            byte*, byte*, int*, int*, int*, float*, float*, int*, float*, int*, float*, float*, int*, void>)single;
        _double = (delegate* unmanaged<
            byte*, byte*, int*, int*, int*, double*, double*, int*, double*, int*, double*, double*, int*, void>)twice;
        _setLocalThreads = (delegate* unmanaged<int, int>)setLocalThreads;
    }

    /// <summary>The library, probed once; null if there is none: the engine then cannot run.</summary>
    public static Blas? Best { get; } = Probed();

    /// <summary>The name that <c>brink doctor</c> reports.</summary>
    public string Name { get; }

    /// <summary>Prevents MKL from starting its own threads under the calling thread.</summary>
    /// <returns>The value to pass to <see cref="Leave"/> afterwards.</returns>
    public int Enter() => _setLocalThreads == null ? 0 : _setLocalThreads(1);

    public void Leave(int before)
    {
        if (_setLocalThreads != null) _setLocalThreads(before);
    }

    /// <summary>c (+)= a b, of matrices stored by rows.</summary>
    public void Multiply<T>(Matrix<T> a, Matrix<T> b, Matrix<T> c, bool accumulate)
        where T : unmanaged
    {
        // Read by columns, each matrix is its transpose: c^T = b^T a^T.
        int m = c.Columns, n = c.Rows, k = a.Columns;
        int lda = b.Stride, ldb = a.Stride, ldc = c.Stride;
        byte first = b.Transposed ? (byte)'T' : (byte)'N', second = a.Transposed ? (byte)'T' : (byte)'N';
        if (typeof(T) == typeof(float))
        {
            float one = 1, kept = accumulate ? 1 : 0;
            _single(&first, &second, &m, &n, &k, &one, (float*)b.Data, &lda, (float*)a.Data, &ldb, &kept, (float*)c.Data, &ldc);
        }
        else
        {
            double one = 1, kept = accumulate ? 1 : 0;
            _double(&first, &second, &m, &n, &k, &one, (double*)b.Data, &lda, (double*)a.Data, &ldb, &kept, (double*)c.Data, &ldc);
        }
    }

    private static Blas? Probed()
    {
        if (!string.Equals(Environment.GetEnvironmentVariable(Variable), "libtorch", StringComparison.Ordinal)
            && OpenBlas() is { } open) return open;
        return Mkl();
    }

    private static Blas? OpenBlas()
    {
        foreach (var file in new[] { "libopenblas.so.0", "libopenblas.0.dylib", "libopenblas" })
        {
            if (Loaded(file) is not { } library) continue;
            if (!NativeLibrary.TryGetExport(library, "sgemm_", out var single)
                || !NativeLibrary.TryGetExport(library, "dgemm_", out var twice)
                || !NativeLibrary.TryGetExport(library, "openblas_set_num_threads", out var threads)) continue;
            ((delegate* unmanaged<int, void>)threads)(1);
            var name = NativeLibrary.TryGetExport(library, "openblas_get_config", out var config)
                ? Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)config)())
                : null;
            return new(name ?? "OpenBLAS", single, twice, 0);
        }
        return null;
    }

    /// <summary>Loads a library; where .NET uses AVX-512, without the variables that choose OpenBLAS's kernels. OpenBLAS
    /// selects its kernels on loading, by the processor or by these variables. Values set for other programs, and for lesser
    /// processors, must not cost a third of the speed here. <c>DOTNET_EnableAVX512=0</c> turns AVX-512 off for both.</summary>
    private static nint? Loaded(string file)
    {
        string[] decided = Vector512.IsHardwareAccelerated ? ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"] : [];
        return NativeEnvironment.Without<nint?>(decided, () => NativeLibrary.TryLoad(file, out var library) ? library : null);
    }

    private static Blas? Mkl()
    {
        if (!LibtorchFiles.TryLoad("torch_cpu", out var library, out _)
            || !NativeLibrary.TryGetExport(library, "SGEMM", out var single)
            || !NativeLibrary.TryGetExport(library, "DGEMM", out var twice)
            || !NativeLibrary.TryGetExport(library, "MKL_Set_Num_Threads_Local", out var threads)) return null;
        return new("MKL inside libtorch", single, twice, threads);
    }
}

/// <summary>A matrix stored by rows. Rows and columns are counted after the transposition; the stride is between rows in
/// memory.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly unsafe struct Matrix<T>(T* data, int rows, int columns, int stride, bool transposed = false)
    where T : unmanaged
{
    public readonly T* Data = data;
    public readonly int Rows = rows, Columns = columns, Stride = stride;
    public readonly bool Transposed = transposed;
}
